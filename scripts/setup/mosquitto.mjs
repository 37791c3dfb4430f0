import { ownSuite, takeAllFromDebian } from './debian.mjs';
import { say, SetupError } from './say.mjs';
import { placesOf } from './tools.mjs';

/** The broker that MQTT is tried with, and who publishes to it and listens there. */
const programs = ['usr/sbin/mosquitto', 'usr/bin/mosquitto_pub', 'usr/bin/mosquitto_sub'];

/** Makes sure that there is a mosquitto with its clients. */
export const ensureMosquitto = async () => {
  if (programs.every((program) => placesOf(program.split('/').at(-1)).length > 0)) return;
  say('fetching mosquitto');
  try {
    await takeAllFromDebian({
      names: ['mosquitto', 'mosquitto-clients', 'libmosquitto1', 'libcjson1', 'libdlt2', 'libwrap0'],
      programs,
      suite: ownSuite(),
    });
  } catch (thrown) {
    throw new SetupError(
      `mosquitto or its clients are missing and cannot be fetched here, put them on PATH: ${thrown.message}`,
    );
  }
};
