import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ListenAddress } from '../../engine/parking.ts';

/** Takes a port for a moment, and says that it is free. Rejects with why it is not to be had. */
export const probePort = async ({ protocol, host, port }: ListenAddress): Promise<string> => {
  const place = `${protocol.toUpperCase()} port ${port} of ${host}`;
  try {
    await (protocol === 'tcp' ? takeTcp(host, port) : takeUdp(host, port));
  } catch (cause) {
    throw new Error(`${place} is not to be had: ${reasons[(cause as NodeJS.ErrnoException).code ?? ''] ?? cause}`, {
      cause,
    });
  }
  return port === 0 ? 'Any free port will be taken' : `${place} is free`;
};

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'a flow that runs has it, or another program',
  EACCES: 'ports below 1024 need more rights',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'this machine has no such address',
};

const takeTcp = async (host: string, port: number): Promise<void> => {
  const server = createServer();
  server.listen(port, host);
  await once(server, 'listening');
  await new Promise((resolve) => server.close(resolve));
};

const takeUdp = async (host: string, port: number): Promise<void> => {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.bind(port, host);
    await once(socket, 'listening');
  } finally {
    socket.close();
  }
};
