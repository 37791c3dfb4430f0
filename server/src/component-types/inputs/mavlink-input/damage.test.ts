import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { fileInput } from '../file-input/file-input.component.ts';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { mavlinkInput } from './mavlink-input.component.ts';

/** Streams and recordings with one damage each, and what the reference (pymavlink 2.4.50) and a scan of all bytes find. */
interface Damaged {
  readonly streams: readonly { name: string; datagrams: string[]; sequences: number[] }[];
  readonly recordings: readonly { name: string; bytes: string; sequences: number[]; times: number[] }[];
}
const { streams, recordings } = JSON.parse(readFileSync(join(import.meta.dirname, 'damaged.json'), 'utf8')) as Damaged;

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

const open = async (config: object): Promise<Rehearsal> => {
  const input = rehearse(mavlinkInput, { host: '127.0.0.1', port: 0, ...config });
  ended.push(() => input.close());
  await input.open();
  return input;
};
const sequencesOf = (input: Rehearsal) => input.payloads().map((payload) => (payload as { sequence: number }).sequence);
const bytesOf = (hex: string) => Buffer.from(hex, 'hex');

/** So much later each datagram is sent, in milliseconds: well below the silence after which a rest is given up. */
const apartMs = 60;

describe.each(streams)('$name', ({ datagrams, sequences }) => {
  it('hides no frame over UDP while the flow runs', async () => {
    const input = await open({});
    const socket = createSocket('udp4');
    ended.push(() => socket.close());
    for (const datagram of datagrams) {
      socket.send(bytesOf(datagram), Number(input.facts()['listening']), '127.0.0.1');
      await sleep(apartMs);
    }
    await until('all are there', () => input.emitted.length >= sequences.length);
    expect(sequencesOf(input)).toEqual(sequences);
  });

  it('hides no frame over TCP while the flow runs', async () => {
    const input = await open({ source: 'tcp_listen' });
    const line = connect(Number(input.facts()['listening']), '127.0.0.1');
    ended.push(() => line.destroy());
    for (const datagram of datagrams) {
      line.write(bytesOf(datagram));
      await sleep(apartMs);
    }
    await until('all are there', () => input.emitted.length >= sequences.length);
    expect(sequencesOf(input)).toEqual(sequences);
  });
});

describe('a frame that carries another and comes in two parts', () => {
  const tunnel = `fd850000080101810100000001011e0101010101fd090000630101000000000000000203510403c559${'02'.repeat(102)}e2c5`;
  const parts = [tunnel.slice(0, 120), tunnel.slice(120)];

  it('is the only one over UDP', async () => {
    const input = await open({});
    const socket = createSocket('udp4');
    ended.push(() => socket.close());
    for (const part of parts) {
      socket.send(bytesOf(part), Number(input.facts()['listening']), '127.0.0.1');
      await sleep(apartMs);
    }
    await until('it is there', () => input.emitted.length > 0);
    expect(sequencesOf(input)).toEqual([8]);
  });

  it('is the only one over TCP', async () => {
    const input = await open({ source: 'tcp_listen' });
    const line = connect(Number(input.facts()['listening']), '127.0.0.1');
    ended.push(() => line.destroy());
    for (const part of parts) {
      line.write(bytesOf(part));
      await sleep(apartMs);
    }
    await until('it is there', () => input.emitted.length > 0);
    expect(sequencesOf(input)).toEqual([8]);
  });
});

const folder = mkdtempSync(join(tmpdir(), 'semstreams-damaged-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(recordings)('a recording with $name', ({ name, bytes, sequences, times }) => {
  const path = join(folder, `${name}.tlog`);
  writeFileSync(path, bytesOf(bytes));

  it.each([0, 100])('is replayed at speed %d with every good frame at its time', async (speed) => {
    const input = await open({ source: 'tlog', path, speed });
    await until('it is at its end', () => input.reports.some((report) => report.includes('at its end')));
    await until('all are handed on', () => input.emitted.length >= sequences.length);
    expect(sequencesOf(input)).toEqual(sequences);
    expect(input.emitted.map(({ time }) => time)).toEqual(times);
    expect(input.facts()).toMatchObject({ vehicles: { '1:1': { last_seen: new Date(times.at(-1)!).toISOString() } } });
    expect(input.faults).toEqual([]);
  });

  it('is read by the file input in the same way', async () => {
    const input = rehearse(fileInput, { path, format: 'tlog', remember: false });
    ended.push(() => input.close());
    await input.open();
    await until('it is at its end', () => input.reports.some((report) => report.includes('Read to the end')));
    expect(sequencesOf(input)).toEqual(sequences);
    expect(input.payloads().map((payload) => (payload as { time: number }).time)).toEqual(times);
  });
});
