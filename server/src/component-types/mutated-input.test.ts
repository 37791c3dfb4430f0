import { createSocket } from 'node:dgram';
import { connect, createServer, type Socket } from 'node:net';
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { FatalFault } from '../engine/fault.ts';
import type { FileRecord } from '../component-kit/content/line-reader.ts';
import type { RecordReader } from './inputs/file-input/record-reader.ts';
import { recordReader } from './inputs/file-input/records.ts';
import { FrameParser } from '../component-kit/mavlink/frames.ts';
import { messagesOf } from '../component-kit/mavlink/dialects.ts';
import { Decoder } from '../component-kit/mavlink/decoder.ts';
import { framesOf, recording } from '../component-kit/testing/recordings.ts';
import { bareJson } from '../component-kit/content/marks.ts';
import { feed, inputs, patienceMs, seed } from './mutated-inputs.ts';
import { rehearse, until } from '../component-kit/testing/rehearsal.ts';
import { udpInput } from './inputs/udp-input/udp-input.component.ts';
import { websocketInput } from './inputs/websocket-input/websocket-input.component.ts';
import { websocketOutput } from './outputs/websocket-output/websocket-output.component.ts';

const ended: (() => unknown)[] = [];
const surprises: unknown[] = [];
process.on('unhandledRejection', (thrown) => surprises.push(thrown));
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
  expect(surprises).toEqual([]);
});

const jsonLines = recording('ndjson/wiki-edits.ndjson').toString('utf8').split('\n').slice(0, 500);
const lines = jsonLines.map((line) => Buffer.from(line));

/** All that a table holds; where its header cannot be read, that is told, once. */
const recordsOf = (reader: RecordReader, table: Buffer): FileRecord[] => {
  try {
    return [...reader.push(table), ...reader.finish()];
  } catch (thrown) {
    if (thrown instanceof FatalFault) return [{ invalid: thrown.message, raw: table }];
    throw thrown;
  }
};

const nonBlank = (bytes: Buffer): number =>
  bytes
    .toString('utf8')
    .split('\n')
    .filter((line) => bareJson(line) !== '').length;

describe(`R7 ${inputs} mutated inputs (seed ${seed})`, () => {
  it('of MAVLink frames: no crash, memory flat, every byte accounted for', { timeout: patienceMs }, async () => {
    const frames = framesOf(recording('mavlink/quad-bench.tlog')).map(({ frame }) => frame);
    const types = messagesOf('ardupilotmega');
    let [pushed, inFrames, skipped, unknown, refused, decoded] = [0, 0, 0, 0, 0, 0];
    const parser = new FrameParser({
      crcExtra: (id) => types.get(id)?.crcExtra,
      frame: ({ start, payloadStart, payloadLength, isSigned }) => {
        inFrames += payloadStart - start + payloadLength + 2 + (isSigned ? 13 : 0);
      },
      refused: (reason) => {
        refused += 1;
        if (reason === 'unknown_message') unknown += 1;
      },
      skipped: (bytes) => (skipped += bytes),
    });
    const decoder = new Decoder({
      types: messagesOf('ardupilotmega'),
      messages: [],
      systems: [],
      message: () => (decoded += 1),
      refused: () => undefined,
    });
    const line = decoder.line();
    await feed(frames, (input) => {
      pushed += input.length;
      parser.push(input);
      parser.pause();
      line.push(input, 0);
      line.pause();
    });
    parser.finish();
    line.finish();
    const longest = 293;
    expect(pushed - inFrames - skipped).toBeGreaterThanOrEqual(0);
    expect(pushed - inFrames - skipped).toBeLessThanOrEqual(unknown * longest);
    expect(decoded).toBe(decoder.totals.frames);
    expect(refused).toBeGreaterThan(inputs / 10);
  });

  it('of JSON lines: no crash, memory flat, each line a record or told', { timeout: patienceMs }, async () => {
    await feed(lines, (input) => {
      let [found, tooLong] = [0, 0];
      const reader = recordReader({
        format: 'json_lines',
        delimiter: ',',
        numbers: true,
        texts: [],
        longest: 4096,
        encoding: 'utf-8',
        before: 0,
        names: undefined,
        isBelowHeader: false,
        tooLong: () => (tooLong += 1),
      });
      // an empty line says which line end it is
      reader.push(Buffer.from('\n'));
      const half = input.length >> 1;
      found += reader.push(input.subarray(0, half)).length;
      found += reader.push(input.subarray(half)).length;
      found += reader.finish().length;
      // one line may hold several texts
      expect(found + tooLong).toBeGreaterThanOrEqual(nonBlank(input));
    });
  });

  it('of CSV: no crash, memory flat, and what is no row is told', { timeout: patienceMs }, async () => {
    const rows = recording('csv/room-occupancy.csv').toString('utf8').split('\n');
    const tables = Array.from({ length: 100 }, (_, n) =>
      Buffer.from([rows[0], ...rows.slice(1 + n * 5, 6 + n * 5), ''].join('\n')),
    );
    const counts = { rows: 0, invalid: 0 };
    await feed(tables, (input) => {
      const reader = recordReader({
        format: 'csv',
        delimiter: ',',
        numbers: true,
        texts: [],
        longest: 4096,
        encoding: 'utf-8',
        before: 0,
        names: undefined,
        isBelowHeader: false,
        tooLong: () => (counts.invalid += 1),
      });
      reader.push(Buffer.from('\n'));
      const records = recordsOf(reader, input);
      expect(records.length).toBeLessThanOrEqual(nonBlank(input));
      for (const record of records) counts['payload' in record ? 'rows' : 'invalid'] += 1;
    });
    expect(counts.rows).toBeGreaterThan(inputs / 2);
    expect(counts.invalid).toBeGreaterThan(inputs / 20);
  });

  it('of UDP packets: no crash, memory flat, each a message or told, or empty', { timeout: patienceMs }, async () => {
    const input = rehearse(udpInput, { host: '127.0.0.1', port: 0 });
    await input.open();
    ended.push(() => input.close());
    const socket = createSocket('udp4');
    ended.push(() => socket.close());
    const port = Number(input.facts()['listening']);
    let [sent, empty, taken, told] = [0, 0, 0, 0];
    await feed(lines, async (packet) => {
      socket.send(packet, port, '127.0.0.1');
      sent += 1;
      if (bareJson(packet.toString('utf8')) === '') empty += 1;
      if (sent % 100 !== 0) return;
      await until('packets are read', () => input.facts()['datagrams'] === sent);
      await new Promise((resolve) => setImmediate(resolve));
      taken += input.emitted.splice(0).length;
      told += input.invalid.splice(0).length;
    });
    await until('all are read', () => input.facts()['datagrams'] === sent);
    await input.close();
    // one packet may hold several texts
    expect(empty + taken + input.emitted.length + told + input.invalid.length).toBeGreaterThanOrEqual(sent);
    expect([input.drops, input.faults]).toEqual([{}, []]);
  });

  /** Frames of a WebSocket as they go over the line: whole, in parts, control frames. */
  const frameOf = (payload: Buffer, isMasked: boolean, first = 0x81): Buffer => {
    const mask = isMasked ? 0x80 : 0;
    const head =
      payload.length < 126
        ? Buffer.from([first, mask | payload.length])
        : Buffer.from([first, mask | 126, payload.length >> 8, payload.length & 0xff]);
    return Buffer.concat([head, ...(isMasked ? [Buffer.alloc(4)] : []), payload]);
  };
  const framesFor = (isMasked: boolean): Buffer[] =>
    lines.flatMap((line) => [
      frameOf(line, isMasked),
      Buffer.concat([frameOf(line.subarray(0, 50), isMasked, 0x01), frameOf(line.subarray(50), isMasked, 0x80)]),
      frameOf(line.subarray(0, 20), isMasked, 0x89),
      frameOf(Buffer.from([3, 232]), isMasked, 0x88),
    ]);
  const perLine = 50;

  it(
    'of WebSocket frames from receivers: no crash, memory flat, others are served',
    { timeout: patienceMs },
    async () => {
      const output = rehearse(websocketOutput, { host: '127.0.0.1', port: 0, when_away: 'drop' });
      await output.open();
      ended.push(() => output.close());
      const port = Number(output.facts()['listening']);
      const handshake = `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
      let pending: Buffer[] = [];
      await feed(framesFor(true), async (frame, n) => {
        pending.push(frame);
        if (pending.length < perLine) return;
        const bytes = Buffer.concat([Buffer.from(handshake), ...pending]);
        pending = [];
        await new Promise<void>((resolve) => {
          const line = connect(port, '127.0.0.1', () => line.end(bytes));
          line.on('error', () => undefined);
          line.on('close', () => resolve());
          line.resume();
        });
        if (n % 1000 < perLine) await output.feed([n]);
      });
      await until('all have left', () => output.facts()['receivers'] === 0);
      expect(output.faults).toEqual([]);
    },
  );

  it(
    'of WebSocket frames from a server: no crash, memory flat, each line is made again',
    { timeout: patienceMs },
    async () => {
      const queue: Buffer[] = [];
      let served = 0;
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
        socket.on('error', () => undefined);
        socket.once('data', (head) => {
          const key = /Sec-WebSocket-Key: (.*)\r\n/i.exec(head.toString())![1]!;
          const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
          socket.write(
            `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
          );
          socket.end(Buffer.concat(queue.splice(0, perLine)));
          served += 1;
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      ended.push(
        () => server.close(),
        () => sockets.forEach((socket) => socket.destroy()),
      );
      const { port } = server.address() as { port: number };
      const atOnce = 40;
      const faults: Error[] = [];
      const takeAll = async (): Promise<void> => {
        const count = Math.ceil(queue.length / perLine);
        const locations = Array.from({ length: count }, () =>
          rehearse(websocketInput, { url: `ws://127.0.0.1:${port}` }),
        );
        for (const location of locations) await location.open();
        await until('every line has ended and is to be made again', () =>
          locations.every(({ reports }) =>
            reports.some((report) => report.startsWith('waiting: ') && report.includes('again')),
          ),
        );
        for (const location of locations) await location.close();
        faults.push(...locations.flatMap((location) => location.faults));
      };
      await feed(framesFor(false), async (frame) => {
        queue.push(frame);
        if (queue.length === perLine * atOnce) await takeAll();
      });
      await takeAll();
      expect(served).toBeGreaterThanOrEqual(inputs / perLine);
      expect([queue.length, faults]).toEqual([0, []]);
    },
  );
});
