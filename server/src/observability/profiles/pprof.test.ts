import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { expect, it } from 'vitest';
import { cpuProfile, heapProfile } from './pprof.ts';
import { readProfile } from './read-profile.ts';

const frame = (functionName: string, lineNumber = 0) => ({
  functionName,
  scriptId: '1',
  url: functionName.startsWith('(') ? '' : 'file:///app/main.js',
  lineNumber,
  columnNumber: 0,
});
const startedAt = new Date('2026-01-01T00:00:00Z');

it('tells time by the stack in which it was spent, and leaves out what was idle', async () => {
  const bytes = await cpuProfile(
    [
      {
        thread: 'lane 1',
        profile: {
          startTime: 0,
          endTime: 6000,
          nodes: [
            { id: 1, callFrame: frame('(root)', -1), children: [2, 4] },
            { id: 2, callFrame: frame('outer', 9), children: [3] },
            { id: 3, callFrame: frame('', 19) },
            { id: 4, callFrame: frame('(idle)', -1) },
          ],
          samples: [3, 3, 2, 4],
          timeDeltas: [1000, 2000, 500, 9000],
        },
      },
    ],
    { startedAt, durationMs: 6, intervalUs: 1000 },
  );
  expect(readProfile(bytes)).toEqual({
    types: ['samples/count', 'cpu/nanoseconds'],
    period: 'cpu/nanoseconds 1000000',
    durationMs: 6,
    samples: [
      {
        stack: ['(anonymous) file:///app/main.js:20', 'outer file:///app/main.js:10'],
        values: [2, 3_000_000],
        thread: 'lane 1',
      },
      { stack: ['outer file:///app/main.js:10'], values: [1, 500_000], thread: 'lane 1' },
    ],
  });
  expect(Profile.decode(gunzipSync(bytes)).timeNanos).toBe(BigInt(startedAt.getTime()) * 1_000_000n);
});

it('tells memory by the stack that allocated it', async () => {
  const leaf = { id: 3, callFrame: frame('leaf', 4), selfSize: 4096, children: [] };
  const bytes = await heapProfile(
    [
      {
        thread: 'main',
        profile: {
          head: {
            id: 1,
            callFrame: frame('(root)', -1),
            selfSize: 0,
            children: [{ id: 2, callFrame: frame('outer', 1), selfSize: 100, children: [leaf] }],
          },
          samples: [
            { nodeId: 3, size: 2048 },
            { nodeId: 3, size: 2048 },
            { nodeId: 2, size: 100 },
          ],
        },
      },
    ],
    { startedAt, intervalBytes: 1024 },
  );
  expect(readProfile(bytes)).toEqual({
    types: ['inuse_objects/count', 'inuse_space/bytes'],
    period: 'space/bytes 1024',
    durationMs: 0,
    samples: [
      { stack: ['outer file:///app/main.js:2'], values: [1, 100], thread: 'main' },
      { stack: ['leaf file:///app/main.js:5', 'outer file:///app/main.js:2'], values: [2, 4096], thread: 'main' },
    ],
  });
});

it('is a profile also where nothing was sampled', async () => {
  expect(readProfile(await heapProfile([], { startedAt, intervalBytes: 1 })).samples).toEqual([]);
});
