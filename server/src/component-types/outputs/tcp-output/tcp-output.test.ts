import { createServer, type AddressInfo, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates } from '../../../component-kit/testing/certificates.ts';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { SomeFailed } from '../../../engine/fault.ts';
import { tcpInput } from '../../inputs/tcp-input/tcp-input.component.ts';
import { tcpOutput } from './tcp-output.component.ts';

const made = makeCertificates();
beforeAll(() => {
  made.authority('ours');
  made.signed('server', 'ours');
});
afterAll(() => made.remove());

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

/** Somebody who takes lines; `met` is told of each. */
const receiver = async (met: (socket: Socket, count: number) => void = () => undefined) => {
  const sockets: Socket[] = [];
  let bytes = Buffer.alloc(0);
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    socket.on('data', (chunk) => (bytes = Buffer.concat([bytes, chunk])));
    met(socket, sockets.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ended.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, sockets, came: () => bytes };
};
const opened = async (config: Record<string, unknown>): Promise<Rehearsal> => {
  const output = rehearse(tcpOutput, { address: '127.0.0.1', ...config });
  await output.open();
  ended.push(() => output.close());
  return output;
};
const failedOf = async (output: Rehearsal, payloads: readonly unknown[]): Promise<[number, string, string][]> => {
  const thrown = await output.feed(payloads).then(
    () => undefined,
    (each: unknown) => each,
  );
  if (!(thrown instanceof SomeFailed)) throw new Error(`what was thrown is ${String(thrown)}`);
  return [...thrown.failed].map(([at, { name, message }]) => [at, name, message]);
};

describe('frames', () => {
  it.each<[string, Record<string, unknown>, unknown[], string]>([
    ['lines', {}, [{ a: 1 }, 'x\ny'], '{"a":1}\n"x\\ny"\n'],
    ['crlf', { format: 'text' }, ['a', { text: 'b' }], 'a\r\nb\r\n'],
    ['cr', { format: 'text' }, ['a'], 'a\r'],
    ['nul', { format: 'text' }, ['a\nb'], 'a\nb\0'],
    ['stx_etx', { format: 'text' }, ['a', 'b'], '\x02a\x03\x02b\x03'],
    ['end', { format: 'text', frame_end: '\\x1e;' }, ['a', 'b'], 'a\x1e;b\x1e;'],
    ['length', { format: 'bytes', length_bytes: '2' }, [{ data: 'AP8=' }], '\x00\x02\x00\xff'],
    ['length', { format: 'text', length_bytes: '1', length_counts_itself: true }, ['ab'], '\x03ab'],
    ['length', { format: 'text', length_order: 'little' }, ['ab'], '\x02\x00\x00\x00ab'],
    ['fixed', { format: 'text', frame_length: 3 }, ['abc', 'd'], 'abcd\0\0'],
    ['none', { format: 'text' }, ['a', 'b'], 'ab'],
  ])('%s %j: %j', async (framing, config, payloads, expected) => {
    const { port, came } = await receiver();
    await (await opened({ port, framing, ...config })).feed(payloads);
    await until('they are there', () => came().length >= expected.length);
    expect(came().toString('latin1')).toBe(expected);
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ['lines', {}, 'a\nb', 'it holds what ends a frame ("framing" is "lines"): it would come as several'],
    ['crlf', {}, 'a\nb', 'it holds what ends a frame ("framing" is "crlf"): it would come as several'],
    ['stx_etx', {}, 'a\x03b', 'it holds what ends a frame ("framing" is "stx_etx"): it would come as several'],
    ['end', { frame_end: ';' }, 'a;b', 'it holds what ends a frame ("framing" is "end"): it would come as several'],
    ['fixed', { frame_length: 2 }, 'abc', 'it takes 3 bytes, and a frame has 2 ("frame_length")'],
    ['length', { length_bytes: '1' }, 'x'.repeat(256), 'it takes 256 bytes, more than a length of 1 bytes can tell'],
  ])(
    '%s: what would come as something else becomes a dead letter, and the others go',
    async (framing, config, bad, sentence) => {
      const { port, came } = await receiver();
      const output = await opened({ port, framing, format: 'text', ...config });
      expect(await failedOf(output, ['a', bad, 'b'])).toEqual([[1, 'InvalidMessage', sentence]]);
      await until('the others are there', () => came().includes('b'));
    },
  );
});

describe('acknowledgements', () => {
  it.each(['ok {count}', 'ok'])('of a TCP input tell what is safe: "%s"', async (acknowledgement) => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const input = rehearse(tcpInput, { host: '127.0.0.1', port: 0, acknowledgement }, { emit: async () => gate });
    await input.open();
    ended.push(() => input.close());
    const output = await opened({ port: Number(input.facts()['listening']), acknowledgement });
    let isDone = false;
    const fed = output.feed([1, 2, 3]).then(() => (isDone = true));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isDone).toBe(false);
    release();
    await fed;
    await output.feed([4]);
    expect(input.payloads()).toEqual([1, 2, 3, 4]);
  });

  it('that come for a part leave the rest to be sent again, where the line breaks', async () => {
    const { port } = await receiver((socket) => socket.once('data', () => socket.end('ok 2\nnonsense\nok x\n')));
    const output = await opened({ port, acknowledgement: 'ok {count}' });
    expect(await failedOf(output, [1, 2, 3, 4])).toEqual([
      [2, 'TransientFault', `127.0.0.1:${port}: the line was closed`],
      [3, 'TransientFault', `127.0.0.1:${port}: the line was closed`],
    ]);
  });

  it('that do not come end the line, and the next one counts anew', async () => {
    const { port } = await receiver((socket, count) => {
      socket.on('data', () => count > 1 && socket.write('ok 1\n'));
    });
    const output = await opened({ port, acknowledgement: 'ok {count}', timeout: '100ms' });
    expect(await failedOf(output, [1])).toEqual([
      [0, 'TransientFault', `127.0.0.1:${port}: there is no acknowledgement for 0.1 s`],
    ]);
    await until('the line is ended', () => output.facts()['connected'] === false);
    await output.feed([1]);
    expect(output.facts()).toEqual({ connected: true, connections: 2 });
  });
});

describe('lines', () => {
  it('that ended are made anew, and what nobody takes ends one', async () => {
    const { port, sockets, came } = await receiver();
    const output = await opened({ port, timeout: '300ms' });
    await output.feed([1]);
    await until('it is there', () => came().length > 0);
    sockets[0]!.destroy();
    await until('that is noticed', () => output.facts()['connected'] === false);
    await output.feed([2]);
    sockets[1]!.pause();
    const large = 'x'.repeat(20_000_000);
    expect(await failedOf(output, [large])).toEqual([
      [0, 'TransientFault', `127.0.0.1:${port}: nothing is taken there for 0.3 s`],
    ]);
  });

  it('that cannot be made are told', async () => {
    const { port } = await receiver();
    await ended.pop()!();
    const output = await opened({ port });
    await expect(output.feed([1])).rejects.toThrow(`127.0.0.1:${port}: nothing listens there`);
  });

  it('speak TLS, with an authority of one’s own, and say what is wrong with a certificate', async () => {
    const { file } = made;
    const shown = { cert: readFileSync(file('server.crt')), key: readFileSync(file('server.key')) };
    let text = '';
    const server = createSecureServer(shown, (socket) => socket.on('data', (chunk) => (text += chunk.toString())));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ended.push(() => new Promise((resolve) => server.close(resolve)));
    const { port } = server.address() as AddressInfo;
    const trusting = await opened({ port, tls: true, ca_file: file('ours.crt') });
    await trusting.feed([{ a: 1 }]);
    await until('it is there', () => text === '{"a":1}\n');
    const distrusting = await opened({ port, tls: true });
    await expect(distrusting.feed([1])).rejects.toThrow(
      /^127\.0\.0\.1:\d+: who signed its certificate is not known here/,
    );
    const { port: plain } = await receiver((socket) => socket.end('hello\r\n'));
    await expect((await opened({ port: plain, tls: true, timeout: '2s' })).feed([1])).rejects.toThrow(/TLS/);
  });

  it('do not keep it from stopping, and what was sent still goes', async () => {
    const { port } = await receiver();
    const output = await opened({ port, acknowledgement: 'ok' });
    const fed = output.feed([1]).catch((thrown: Error) => thrown.name);
    await until('the line is there', () => output.facts()['connected'] === true);
    await output.close();
    expect(['AbortError', 'SomeFailed']).toContain(await fed);
    const other = await receiver();
    const quick = await opened({ port: other.port });
    await quick.feed(['x'.repeat(100_000)]);
    await quick.close();
    await until('all is there', () => other.came().length === 100_003);
  });
});
