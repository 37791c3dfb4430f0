import { Socket } from 'node:net';
import { forbidden, lookup } from '../network/lookup.ts';

/** How long a far side may take to answer, in milliseconds. */
const connectMs = 5000;

/** Connects for a moment, and says that somebody is there. Rejects with why nobody is. */
export const probeConnection = async (address: string, port: number): Promise<string> => {
  const place = `${address}:${port}`;
  const socket = new Socket();
  try {
    await new Promise<void>((resolve, reject) => {
      socket.setTimeout(connectMs, () => reject(new Error('there is no answer')));
      socket.once('error', reject);
      const problem = forbidden(address);
      if (problem) reject(problem);
      else socket.connect({ host: address, port, lookup }, resolve);
    });
    return `${place} answers`;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(`${place}: ${code === 'ECONNREFUSED' ? 'nothing listens there' : message}`, { cause });
  } finally {
    socket.destroy();
  }
};
