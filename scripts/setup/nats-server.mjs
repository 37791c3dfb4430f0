import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from './root.mjs';
import { run, say, SetupError } from './say.mjs';

const oldest = [2, 10];
const own = join(root, '.tools', 'nats-server');

/** The suite that follows each stable one, and has a nats-server that is new enough. */
const nextSuite = 'trixie';

/** Makes sure that there is a nats-server of at least 2.10: on PATH, or in `.tools`. */
export const ensureNatsServer = async () => {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'nats-server'));
  if ([...onPath, own].some((path) => existsSync(path) && isEnough(versionOf(path)))) return;
  say('fetching nats-server');
  try {
    await fromDebian();
  } catch (thrown) {
    throw new SetupError(
      `nats-server ${oldest.join('.')} or newer is missing and cannot be installed here: put one on PATH. ${thrown.message}`,
    );
  }
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

const isEnough = (version) =>
  version !== undefined && (version[0] > oldest[0] || (version[0] === oldest[0] && version[1] >= oldest[1]));

/**
 * Takes the package of the system's own suite where that is new enough, else of the next one, from the mirror that this
 * system uses. It is unpacked into `.tools`; the lists are private, so the system's own are not touched, and no rights are needed.
 */
const fromDebian = async () => {
  const work = mkdtempSync(join(tmpdir(), 'semstreams-setup-'));
  try {
    for (const folder of ['lists/partial', 'cache/archives/partial'])
      mkdirSync(join(work, folder), { recursive: true });
    const { mirror, keyring } = debianMirror();
    const trust = keyring ? `[signed-by=${keyring}] ` : '';
    writeFileSync(join(work, 'sources.list'), `deb ${trust}${mirror} ${nextSuite} main\n`);
    const options = [
      `Dir::Etc::sourcelist=${join(work, 'sources.list')}`,
      'Dir::Etc::sourceparts=-',
      `Dir::State::lists=${join(work, 'lists')}`,
      `Dir::Cache=${join(work, 'cache')}`,
      'APT::Sandbox::User=root',
    ].flatMap((option) => ['-o', option]);
    await run('apt-get', ['-q', ...options, 'update'], { cwd: work });
    await run('apt-get', ['-q', ...options, 'download', 'nats-server'], { cwd: work });
    const file = readdirSync(work).find((name) => name.endsWith('.deb'));
    await run('dpkg', ['-x', file, 'unpacked'], { cwd: work });
    const binary = ['usr/sbin/nats-server', 'usr/bin/nats-server']
      .map((path) => join(work, 'unpacked', path))
      .find((path) => existsSync(path));
    mkdirSync(join(root, '.tools'), { recursive: true });
    copyFileSync(binary, own);
    chmodSync(own, 0o755);
    if (!isEnough(versionOf(own))) throw new Error('the packaged one is too old as well');
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

/** The mirror and the keyring of the first Debian source that this system has. */
const debianMirror = () => {
  const folder = '/etc/apt/sources.list.d';
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  for (const path of [...files.filter((name) => name.endsWith('.sources')), '/etc/apt/sources.list'].filter((name) =>
    existsSync(name),
  )) {
    const text = readFileSync(path, 'utf8');
    const mirror = /^URIs:\s*(\S+)/m.exec(text)?.[1] ?? /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)/m.exec(text)?.[1];
    const keyring = /^Signed-By:\s*(\/\S+)/m.exec(text)?.[1] ?? /signed-by=(\/[^\]\s]+)/.exec(text)?.[1];
    if (mirror && /debian/.test(mirror)) return { mirror, keyring };
  }
  throw new Error('This is no Debian system with package sources.');
};
