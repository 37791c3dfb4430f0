import { connect } from 'node:net';

/** Sends lines to a `tcp_input` with `acknowledgement: "ok {count}"`; resolves when all are acknowledged. */
export const sendLines = async (port: number, lines: readonly (string | Buffer)[], withinMs = 60_000): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let said = '';
    const end = (problem?: Error): void => {
      clearTimeout(patience);
      socket.destroy();
      if (problem) reject(problem);
      else resolve();
    };
    const last = (): string => said.trimEnd().split('\n').at(-1) ?? '';
    const patience = setTimeout(
      () => end(new Error(`${lines.length} lines were sent, and it said "${last()}"`)),
      withinMs,
    );
    socket.on('error', end);
    socket.on('close', () => end(new Error(`the connection was closed after "${last()}"`)));
    socket.on('data', (chunk) => {
      said = (said + chunk.toString()).slice(-1000);
      if (said.endsWith('\n') && last() === `ok ${lines.length}`) end();
    });
    socket.write(Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])));
  });
