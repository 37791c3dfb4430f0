import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** A NATS that says exactly what a test tells it, and takes what comes as lines: for tests. */
export interface ScriptedNats {
  readonly url: string;
  /** All lines that came, payloads too. */
  readonly got: string[];
  readonly lines: () => number;
  /** Says bytes to all who are connected. */
  say(bytes: string | Uint8Array): void;
  /** Hangs up on all. */
  cut(): void;
  readonly open: () => number;
  end(): Promise<void>;
}

/** What is answered to a line; nothing where it is empty. */
export type NatsScript = (line: string) => string;

export const greeting = (more: object = {}): string =>
  `INFO ${JSON.stringify({ server_name: 'scripted', version: '2.10.0', headers: true, max_payload: 1024 ** 2, ...more })}\r\n`;

/** Lets everybody in, and answers whoever asks whether it is there. */
export const obligingNats: NatsScript = (line) => (line === 'PING' ? 'PONG\r\n' : '');

/** @param first what is said as soon as somebody connects */
export const startScriptedNats = async (
  script: NatsScript = obligingNats,
  first: string | Uint8Array = greeting(),
): Promise<ScriptedNats> => {
  const got: string[] = [];
  const sockets = new Set<Socket>();
  let lines = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    lines += 1;
    let rest = '';
    socket.write(first);
    socket.on('data', (chunk) => {
      const parts = (rest + chunk.toString()).split('\r\n');
      rest = parts.pop()!;
      for (const part of parts) {
        got.push(part);
        const answer = script(part);
        if (answer !== '') socket.write(answer);
      }
    });
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `nats://127.0.0.1:${(server.address() as { port: number }).port}`,
    got,
    lines: () => lines,
    say: (bytes) => sockets.forEach((socket) => void socket.write(bytes)),
    cut: () => sockets.forEach((socket) => socket.destroy()),
    open: () => sockets.size,
    async end() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** A message, as a server writes it, for the first subscription of a component. */
export const msg = (subject: string, payload: Uint8Array | string): Buffer => {
  const bytes = Buffer.from(payload);
  return Buffer.concat([Buffer.from(`MSG ${subject} 2 ${bytes.length}\r\n`), bytes, Buffer.from('\r\n')]);
};
