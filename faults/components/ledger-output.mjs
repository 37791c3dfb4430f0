import { once } from 'node:events';
import { connect } from 'node:net';

/** An output whose far side says when it has written down what it got: a batch is numbers on lines, and an empty line. */
export default ({ defineComponent, input, z, faults }) =>
  defineComponent({
    type: 'ledger_output',
    category: 'output',
    title: 'Ledger',
    summary: 'Sends the field `n` of each message to a ledger.',
    icon: 'book',
    ports: { in: input('json') },
    config: z.strictObject({ port: z.int() }),
    examples: [],
    create: ({ config, io }) => {
      let socket;
      let ended;
      const connected = async () => {
        if (socket && !socket.destroyed) return socket;
        socket = connect({ port: config.port, host: '127.0.0.1' });
        socket.on('error', () => socket.destroy());
        const ending = new AbortController();
        socket.once('close', () => ending.abort());
        ended = AbortSignal.any([ending.signal, io.signal]);
        await once(socket, 'connect', { signal: ended });
        return socket;
      };
      return {
        async in(batch) {
          const numbers = batch.map(({ payload }) => String(payload.n)).join('\n');
          try {
            const ledger = await connected();
            ledger.write(`${numbers}\n\n`);
            await once(ledger, 'data', { signal: ended });
          } catch (cause) {
            socket?.destroy();
            throw new faults.TransientFault('the ledger is away', { cause });
          }
        },
        close: () => socket?.destroy(),
      };
    },
  });
