import { execFileSync } from 'node:child_process';
import { takeFromDebian } from './debian.mjs';
import { takeRelease } from './nats-release.mjs';
import { say, SetupError } from './say.mjs';
import { placesOf } from './tools.mjs';

const oldest = [2, 10];

/** The first Debian suite with a nats-server that is new enough. */
const suite = 'trixie';

/** Makes sure that there is a nats-server of at least 2.10: on PATH, else in `.tools`. */
export const ensureNatsServer = async () => {
  if (placesOf('nats-server').some(isEnough)) return;
  say('fetching nats-server');
  const reasons = [];
  for (const take of [takePackage, takeRelease]) {
    try {
      if (isEnough(await take())) return;
      reasons.push('what was fetched is too old or does not run');
    } catch (thrown) {
      reasons.push(thrown.message);
    }
  }
  throw new SetupError(
    `nats-server ${oldest.join('.')} or newer is missing and cannot be fetched here, put one on PATH: ${reasons.join('; ')}`,
  );
};

const takePackage = () => takeFromDebian({ name: 'nats-server', program: 'usr/sbin/nats-server', suite });

const isEnough = (path) => {
  const version = versionOf(path);
  return version !== undefined && (version[0] > oldest[0] || (version[0] === oldest[0] && version[1] >= oldest[1]));
};

const versionOf = (path) => {
  try {
    return /v(\d+)\.(\d+)/
      .exec(execFileSync(path, ['--version'], { encoding: 'utf8' }))
      ?.slice(1)
      .map(Number);
  } catch {
    return undefined;
  }
};
