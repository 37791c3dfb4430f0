import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.mjs';
import { say, SetupError } from './say.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** Path of a Chromium on this machine, if there is one. */
export const findChromium = () =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));

/** Makes sure that there is a Chromium for the browser tests. */
export const ensureChromium = async () => {
  if (findChromium()) return;
  say('installing Chromium');
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const [command, ...rest] = [...sudo, 'apt-get'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run(command, [...rest, 'update', '-q'], { env });
    await run(command, [...rest, 'install', '-y', '-q', '--no-install-recommends', 'chromium'], { env });
  } catch (thrown) {
    throw new SetupError(`Chromium is missing and cannot be installed here, install it by hand: ${thrown.message}`);
  }
};
