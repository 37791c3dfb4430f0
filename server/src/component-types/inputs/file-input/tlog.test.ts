import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { mavlinkInput } from '../mavlink-input/mavlink-input.component.ts';
import { fileInput } from './file-input.component.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-tlog-'));
afterAll(() => rmSync(dataDir, { recursive: true }));

const heartbeats = [
  'fd090000000101000000000000000203510403e71e',
  'fd090000010101000000000000000203510403f790',
  'fd090000020101000000000000000203510403d60a',
].map((hex) => Buffer.from(hex, 'hex'));
const start = 1_700_000_000_000;

/** A recording with a record at each of these milliseconds behind its start. */
const recordingOf = (name: string, times: readonly number[]): string => {
  const records = times.flatMap((time, index) => {
    const stamp = Buffer.alloc(8);
    stamp.writeBigUInt64BE(BigInt(start + time) * 1000n);
    return [stamp, heartbeats[index % 3]!];
  });
  writeFileSync(join(dataDir, name), Buffer.concat(records));
  return name;
};
/** A record each ten milliseconds, over several of the pieces in which a file is read. */
const steady = Array.from({ length: 7000 }, (_, n) => n * 10);
const hour = 3_600_000;
const seen = (input: Rehearsal) =>
  input.payloads().map((payload) => {
    const { sequence, time } = payload as { sequence: number; time: number };
    return [sequence, time - start];
  });

it.each([0, 1])('a damaged time stops no replay, wherever the pieces end in which it is read (%d)', async (odd) => {
  const path = recordingOf(
    'jumps.tlog',
    steady.map((time, n) => (n % 2 === odd ? time + hour : time)),
  );
  const input = rehearse(fileInput, { path, format: 'tlog', mode: 'replay', speed: 50 }, { dataDir });
  await input.open();
  await until('all are there', () => input.emitted.length === steady.length);
  await input.close();
  expect(input.reports.filter((report) => report.includes('next record comes'))).toEqual([]);
});

it.each(['once', 'replay'])('goes on where it was with the times of one that was never stopped (%s)', async (mode) => {
  // far times stand behind each place at which it may be stopped
  const path = recordingOf(
    'stopped.tlog',
    steady.map((time, n) => (n % 2 === 1 ? time + 48 * hour : time)),
  );
  const config = { path, format: 'tlog', mode, speed: 0 };
  const stopped: unknown[] = [];
  for (const most of [3, 9, Infinity]) {
    let batches = 0;
    let release = (): void => undefined;
    const stop = new Promise<void>((resolve) => (release = resolve));
    const emit = async (): Promise<void> => {
      batches += 1;
      if (batches > most) await stop;
    };
    const input = rehearse(fileInput, config, { dataDir, emit });
    await input.open();
    await until('it is read', () => batches > most || input.reports.some((said) => said.includes('Read to the end')));
    const closed = input.close();
    release();
    await closed;
    stopped.push(...seen(input));
  }
  expect(stopped).toEqual(steady.map((time, n) => [n % 3, n % 2 === 1 ? time - 10 : time]));
});

it('a packed one that is cut gives all frames that are whole', async () => {
  const whole = readFileSync(join(dataDir, recordingOf('whole.tlog', steady.slice(0, 3000))));
  writeFileSync(join(dataDir, 'cut.tlog.gz'), gzipSync(whole, { level: 0 }).subarray(0, -40));
  const counts = [];
  for (const mode of ['once', 'replay']) {
    const config = { path: 'cut.tlog.gz', format: 'tlog', mode, speed: 0, remember: false };
    const input = rehearse(fileInput, config, { dataDir });
    await input.open();
    await until('it is said', () => input.reports.some((said) => said.startsWith('waiting')));
    await input.close();
    counts.push(input.emitted.length);
  }
  expect(counts).toEqual([2998, 2998]);
});

it('knows the dialects that mavlink_input knows, one of one’s own too', async () => {
  const message = '<message id="20000" name="PUMP_STATE"><field type="uint8_t" name="state">on</field></message>';
  writeFileSync(join(dataDir, 'mine.xml'), `<mavlink><messages>${message}</messages></mavlink>`);
  const pump = Buffer.from('fd010000000101204e000159eb', 'hex');
  writeFileSync(join(dataDir, 'pump.raw'), Buffer.concat([pump, pump]));
  const payloads = [];
  for (const [type, config] of [
    [fileInput, { format: 'tlog', remember: false }],
    [mavlinkInput, { source: 'tlog' }],
  ] as const) {
    const input = rehearse(type, { ...config, path: 'pump.raw', dialect: 'own', definition: 'mine.xml' }, { dataDir });
    await input.open();
    await until('both are there', () => input.emitted.length === 2);
    await input.close();
    payloads.push(input.payloads().map((payload) => ({ ...(payload as object), time: 0 })));
  }
  expect(payloads[0]![0]).toMatchObject({ message: 'PUMP_STATE', state: 1 });
  expect(payloads[0]).toEqual(payloads[1]);
});

it('says what is wrong with a dialect of one’s own', async () => {
  const path = recordingOf('one.tlog', [0]);
  const input = rehearse(fileInput, { path, format: 'tlog', dialect: 'own', definition: 'none.xml' }, { dataDir });
  await input.open();
  await until('it fails', () => input.faults.length > 0);
  await input.close();
  expect(input.faults[0]!.message).toContain('none.xml');
});
