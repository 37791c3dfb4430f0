import { connect } from 'node:net';

const againMs = 5;

/** Resolves when a port of this machine takes connections, or after `withinMs` all the same. */
export const untilListening = async (port: number, withinMs: number): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!(await isListening(port)) && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, againMs));
};

const isListening = async (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
