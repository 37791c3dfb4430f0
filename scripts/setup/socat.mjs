import { ownSuite, takeAllFromDebian } from './debian.mjs';
import { say, SetupError } from './say.mjs';
import { placesOf } from './tools.mjs';

/** Makes sure that there is a socat, with which TCP is tried. */
export const ensureSocat = async () => {
  if (placesOf('socat').length > 0) return;
  say('fetching socat');
  try {
    await takeAllFromDebian({
      names: ['socat', 'libwrap0'],
      programs: ['usr/bin/socat'],
      suite: ownSuite(),
    });
  } catch (thrown) {
    throw new SetupError(`socat is missing and cannot be fetched here, put it on PATH: ${thrown.message}`);
  }
};
