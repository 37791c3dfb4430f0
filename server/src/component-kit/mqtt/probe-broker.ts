import { randomBytes } from 'node:crypto';
import { hideInAddresses } from '../../engine/without-secrets.ts';
import { readTlsFiles } from '../network/tls-files.ts';
import { unsupportedVersion } from './answers.ts';
import { type LineEnd, openLine, type Version } from './broker-line.ts';
import { lineOptions } from './keep-line.ts';
import type { BrokerSettings } from './settings.ts';

/** A broker sends nothing to somebody who subscribes to nothing. */
const mostBytes = 64 * 1024;

/** Connects once, by a client id of its own, says what is there, and hangs up. Rejects with why it cannot be reached. */
export const probeBroker = async (settings: BrokerSettings, signal: AbortSignal): Promise<string> => {
  const shown = hideInAddresses(settings.url);
  const newest = settings.protocol === '3.1.1' ? 4 : 5;
  const end = await tryOnce(settings, newest, signal);
  const isTooNew = settings.protocol === 'newest' && unsupportedVersion.has(end?.code ?? -1);
  const [version, last] = isTooNew ? [4, await tryOnce(settings, 4, signal)] : [newest, end];
  if (last !== undefined) throw new Error(`${shown}: ${last.sentence}`);
  return `Connected to ${shown}, which speaks MQTT ${version === 5 ? '5' : '3.1.1'}`;
};

/** Resolves with nothing where it is let in, and with why not. */
const tryOnce = async (settings: BrokerSettings, version: Version, signal: AbortSignal): Promise<LineEnd | undefined> =>
  new Promise((resolve, reject) => {
    let isIn = false;
    const prefix = settings.client_id === '' ? 'semstreams' : settings.client_id;
    const options = lineOptions({
      ...{ settings, version, mostBytes, url: settings.url, tls: readTlsFiles(settings), connect: { clean: true } },
      clientId: `${prefix}-probe-${randomBytes(3).toString('hex')}`,
    });
    const { cut } = openLine(options, {
      up(line) {
        isIn = true;
        void line.end();
      },
      packet: () => undefined,
      tooLong: () => undefined,
      down: (end) => resolve(isIn ? undefined : end),
    });
    signal.addEventListener('abort', () => {
      cut('it took too long');
      reject(signal.reason as Error);
    });
  });
