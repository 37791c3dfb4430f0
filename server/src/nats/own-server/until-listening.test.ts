import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { untilListening } from './until-listening.ts';

let server: Server;

const listen = async (port: number): Promise<number> => {
  server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
};

afterEach(() => void server.close());

it('waits for the port, and not for longer than it may', async () => {
  const port = await listen(0);
  server.close();
  await once(server, 'close');

  await untilListening(port, 20);
  let isThere = false;
  const waiting = untilListening(port, 10_000).then(() => expect(isThere).toBe(true));
  isThere = (await listen(port)) === port;
  await waiting;
});
