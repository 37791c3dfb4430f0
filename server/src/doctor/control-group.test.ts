import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { limitsOf } from './control-group.ts';

const root = mkdtempSync(join(tmpdir(), 'semstreams-cgroup-'));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const none = { memoryLimit: undefined, cpuLimit: undefined };

it.each<[string, string, Record<string, string>, object]>([
  [
    'of version 2',
    '0::/semstreams.service\n',
    { 'semstreams.service/memory.max': '1073741824\n', 'semstreams.service/cpu.max': '150000 100000\n' },
    { memoryLimit: 1024 ** 3, cpuLimit: 1.5 },
  ],
  [
    'of the group above',
    '0::/limited.slice/semstreams.service\n',
    { 'limited.slice/semstreams.service/memory.max': 'max\n', 'limited.slice/memory.max': '4096\n' },
    { memoryLimit: 4096, cpuLimit: undefined },
  ],
  [
    'of version 1, as a container sees them',
    '5:memory:/docker/abc\n2:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n0::/docker/abc\n',
    {
      'memory/memory.limit_in_bytes': '1073741824\n',
      'cpu/cpu.cfs_quota_us': '100000\n',
      'cpu/cpu.cfs_period_us': '100000\n',
    },
    { memoryLimit: 1024 ** 3, cpuLimit: 1 },
  ],
  [
    'of version 1, where there is none',
    '5:memory:/\n2:cpu:/\n',
    {
      'memory/memory.limit_in_bytes': '9223372036854771712\n',
      'cpu/cpu.cfs_quota_us': '-1\n',
      'cpu/cpu.cfs_period_us': '100000\n',
    },
    none,
  ],
  ['of version 2, where there is none', '0::/\n', { 'memory.max': 'max\n', 'cpu.max': 'max 100000\n' }, none],
  ['where nothing is known', '', {}, none],
])('reads limits %s', async (_, listed, files, limits) => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  expect(await limitsOf(listed, root)).toEqual(limits);
});
