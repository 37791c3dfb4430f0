import { type DialOptions, keepDialling } from './keep-dialling.ts';

/** Dials once, says what is there, and hangs up. Rejects with why the line could not be made. */
export const probeLine = async (
  options: Pick<DialOptions, 'url' | 'headers' | 'subprotocols' | 'tls' | 'link'> & { readonly shown: string },
  signal: AbortSignal,
): Promise<string> => {
  signal.throwIfAborted();
  let hangUp = async (): Promise<void> => undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      const dialling = keepDialling({
        ...options,
        maxPayload: 1024 ** 2,
        longestWaitMs: 60_000,
        random: () => 0.5,
        onUp: (_, isLink) => {
          const who = isLink ? 'a SemStreams that links' : 'a WebSocket server';
          resolve(`Connected to ${options.shown}: ${who} is there`);
        },
        onDown: (reason) => reject(new Error(`${options.shown}: ${reason}`)),
      });
      hangUp = async () => dialling.close();
    });
  } finally {
    await hangUp();
  }
};
