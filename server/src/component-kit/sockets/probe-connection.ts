import type { ConnectionOptions } from 'node:tls';
import { dial } from '../network/dial.ts';

/** How long a far side may take to answer, in milliseconds. */
const connectMs = 5000;

/** Connects for a moment, by TLS where that is given, and says that somebody is there. Rejects with why nobody is. */
export const probeConnection = async (address: string, port: number, tls?: ConnectionOptions): Promise<string> => {
  const place = `${address}:${port}`;
  try {
    const line = await dial({ host: address, port, tls, withinMs: connectMs, signal: new AbortController().signal });
    line.destroy();
    return `${place} answers`;
  } catch (cause) {
    throw new Error(`${place}: ${(cause as Error).message}`, { cause });
  }
};
