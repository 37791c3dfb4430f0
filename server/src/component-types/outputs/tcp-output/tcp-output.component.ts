import { payloadBytes } from '../../../component-kit/content/payload-bytes.ts';
import { dial, NotDialled } from '../../../component-kit/network/dial.ts';
import { afterGrace } from '../../../component-kit/network/grace.ts';
import { readTlsFiles } from '../../../component-kit/network/tls-files.ts';
import { implement } from '../../../engine/component.ts';
import { InvalidMessage, SomeFailed, TransientFault } from '../../../engine/fault.ts';
import { frameWriter } from './frame-writer.ts';
import { acknowledgements, SendingLine } from './sending-line.ts';
import { tcpOutputDefinition } from './tcp-output.definition.ts';

/** How long a planned end waits until what was sent is taken, in milliseconds. */
const goodbyeMs = 1000;

export const tcpOutput = implement(tcpOutputDefinition, ({ config, io }) => {
  const { address: host, port, timeout: withinMs } = config;
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const bytesOf = payloadBytes(config.format);
  const framed = frameWriter(config);
  const read = acknowledgements(config.acknowledgement);
  const ending = afterGrace(io.signal);
  let tls: ReturnType<typeof readTlsFiles> | undefined;
  let line: SendingLine | undefined;
  let connections = 0;

  const connected = async (): Promise<SendingLine> => {
    if (line?.isOpen) return line;
    try {
      const socket = await dial({ host, port, tls, withinMs, signal: ending });
      connections += 1;
      line = new SendingLine(socket, read);
      io.report('running', `Connected to ${place}`);
      return line;
    } catch (thrown) {
      if (!(thrown instanceof NotDialled)) throw thrown;
      throw new TransientFault(`${place}: ${thrown.message}`, { cause: thrown });
    }
  };
  const cut = (): void => line?.cut();

  return {
    open() {
      tls = config.tls ? readTlsFiles(config) : undefined;
      ending.addEventListener('abort', cut, { once: true });
      io.report('running', `Connects to ${place} with the first message`);
    },
    in: async (batch) => {
      const failed = new Map<number, InvalidMessage | TransientFault>();
      const frames: { readonly at: number; readonly bytes: Buffer }[] = [];
      for (const [at, message] of batch.entries()) {
        try {
          frames.push({ at, bytes: framed(bytesOf(message)) });
        } catch (thrown) {
          if (!(thrown instanceof InvalidMessage)) throw thrown;
          failed.set(at, thrown);
        }
      }
      if (frames.length > 0) {
        const open = await connected();
        const sending = { withinMs, isAcknowledged: read !== undefined };
        const { done, reason } = await open.send(
          frames.map(({ bytes }) => bytes),
          sending,
        );
        ending.throwIfAborted();
        if (done < frames.length) {
          const fault = new TransientFault(`${place}: ${reason}`);
          for (const { at } of frames.slice(done)) failed.set(at, fault);
        }
      }
      if (failed.size > 0) throw new SomeFailed(failed);
    },
    async close() {
      await line?.end(goodbyeMs);
    },
    facts: () => ({ connected: line?.isOpen ?? false, connections }),
  };
});
