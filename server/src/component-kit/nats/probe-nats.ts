import { readTlsFiles } from '../network/tls-files.ts';
import { type NatsLine, openLine } from './nats-line.ts';
import { placesOf } from './place.ts';
import type { NatsSettings } from './settings.ts';

/** Nothing is subscribed to but answers. */
const mostBytes = 1024 ** 2;

/** Connects to the first server that lets us in, looks there by `look`, and hangs up. Rejects with why none can be reached. */
export const probeNats = async (
  settings: NatsSettings,
  signal: AbortSignal,
  look: (line: NatsLine) => Promise<string>,
): Promise<string> => {
  const problems: string[] = [];
  for (const place of placesOf(settings.url)) {
    try {
      return await tryOnce(settings, place, signal, look);
    } catch (thrown) {
      signal.throwIfAborted();
      problems.push(`${place.shown}: ${(thrown as Error).message}`);
    }
  }
  throw new Error(problems.join('; '));
};

const tryOnce = async (
  settings: NatsSettings,
  place: ReturnType<typeof placesOf>[number],
  signal: AbortSignal,
  look: (line: NatsLine) => Promise<string>,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const { cut } = openLine(
      { place, settings, mostBytes, tls: readTlsFiles(settings), name: 'semstreams-probe' },
      {
        up(line) {
          look(line)
            .then((found) => resolve(`Connected to ${place.shown}, NATS ${line.info.version}${found}`), reject)
            .finally(() => void line.end());
        },
        message: () => undefined,
        tooLong: () => undefined,
        violation: () => undefined,
        down: ({ sentence }) => reject(new Error(sentence)),
      },
    );
    signal.addEventListener('abort', () => {
      cut('it took too long');
      reject(signal.reason as Error);
    });
  });
