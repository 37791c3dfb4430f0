import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { framesOf, recording, recordingPath } from '../../../component-kit/testing/recordings.ts';
import { rehearse, until } from '../../../component-kit/testing/rehearsal.ts';
import { fileInput } from '../file-input/file-input.component.ts';
import { mavlinkInput } from './mavlink-input.component.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

const start = 1_700_000_000_000;
const frames = framesOf(recording('mavlink/px4-quad.tlog')).slice(0, 6);

/** A recording with these times, in milliseconds after its start. */
const recordingOf = (times: readonly number[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-replay-'));
  ended.push(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'flight.tlog');
  const parts = times.flatMap((time, index) => {
    const stamp = Buffer.alloc(8);
    stamp.writeBigUInt64BE(BigInt(start + time) * 1000n);
    return [stamp, frames[index]!.frame];
  });
  writeFileSync(path, Buffer.concat(parts));
  return path;
};

it.each([
  ['ahead, in the middle', [0, 100, 7_200_000, 200, 300]],
  ['ahead, at the beginning', [7_200_000, 0, 100, 200, 300]],
  ['ahead, at the end', [0, 100, 200, 300, 7_200_000]],
  ['behind', [0, 100, -7_200_000, 200, 300]],
])('a damaged time %s stops no replay', async (_, times) => {
  const path = recordingOf(times);
  const byFile = rehearse(fileInput, { path, format: 'tlog', mode: 'replay', remember: false });
  for (const input of [rehearse(mavlinkInput, { source: 'tlog', path }), byFile]) {
    ended.push(() => input.close());
    await input.open();
    await until('all are there', () => input.emitted.length >= times.length, 5000);
    expect(input.emitted).toHaveLength(times.length);
  }
});

it('goes on where it was, so that each record comes once', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-replay-'));
  ended.push(() => rmSync(dataDir, { recursive: true }));
  const config = { source: 'tlog', path: recordingPath('mavlink/px4-quad.tlog'), remember: true };
  const whole = framesOf(recording('mavlink/px4-quad.tlog')).length;
  const keyOf = ({ payload, time }: { payload: unknown; time: number }) =>
    `${time} ${JSON.stringify({ ...(payload as object), time })}`;
  const came: string[] = [];
  for (const most of [whole / 4, whole / 2]) {
    const input = rehearse(mavlinkInput, { ...config, speed: 50 }, { dataDir });
    await input.open();
    await until('some of it has come', () => came.length + input.emitted.length >= most);
    await input.close();
    came.push(...input.emitted.map(keyOf));
    expect(came.length).toBeLessThan(whole);
  }
  const last = rehearse(mavlinkInput, { ...config, speed: 0 }, { dataDir });
  await last.open();
  await until('it is at its end', () => last.reports.includes('running: The recording is at its end'));
  await last.close();
  came.push(...last.emitted.map(keyOf));
  const all = rehearse(mavlinkInput, { ...config, speed: 0, remember: false }, { dataDir });
  await all.open();
  await until('it is at its end', () => all.reports.includes('running: The recording is at its end'));
  await all.close();
  expect(came).toEqual(all.emitted.map(keyOf));
  const again = rehearse(mavlinkInput, config, { dataDir });
  await again.open();
  await until('it says so', () => again.reports.some((report) => report.includes('was read to the end before')));
  await again.close();
  expect(again.emitted).toEqual([]);
});
