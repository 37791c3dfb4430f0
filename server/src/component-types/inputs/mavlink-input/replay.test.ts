import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { framesOf, recording } from '../../../component-kit/testing/recordings.ts';
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
  // what is last in a file may come long after the rest of it, if it is no recording of a vehicle
  for (const input of [rehearse(mavlinkInput, { source: 'tlog', path }), ...(times.at(-1)! > 300 ? [] : [byFile])]) {
    ended.push(() => input.close());
    await input.open();
    await until('all are there', () => input.emitted.length >= times.length, 5000);
    expect(input.emitted).toHaveLength(times.length);
  }
});
