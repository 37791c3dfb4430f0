import { ownSuite, takeFromDebian } from './debian.mjs';
import { say, SetupError } from './say.mjs';
import { placesOf } from './tools.mjs';

/** Path of a promtool on this machine, if there is one. */
export const findPromtool = () => placesOf('promtool')[0];

/** Makes sure that there is a promtool, which says whether metrics keep to the rules. */
export const ensurePromtool = async () => {
  if (findPromtool()) return;
  say('fetching promtool');
  try {
    await takeFromDebian({ name: 'prometheus', program: 'usr/bin/promtool', suite: ownSuite() });
  } catch (thrown) {
    throw new SetupError(`promtool is missing and cannot be fetched here, put one on PATH: ${thrown.message}`);
  }
};
