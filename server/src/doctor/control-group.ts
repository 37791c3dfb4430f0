import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ServerProcess } from './check.ts';

type Limits = Pick<ServerProcess, 'memoryLimit' | 'cpuLimit'>;

/** What version 1 says where memory has no limit: the greatest number of pages, as bytes. */
const unlimitedBytes = 2 ** 60;

/**
 * The limits that the control groups of a process set, of version 2 or 1: those of its own group or of the nearest above.
 * `listed` is the text of /proc/<id>/cgroup, whose paths may reach above what a container sees of them.
 */
export const limitsOf = async (listed: string, root = '/sys/fs/cgroup'): Promise<Limits> => {
  const groups = listed
    .trim()
    .split('\n')
    .map((line) => /^\d+:([^:]*):(.*)$/.exec(line))
    .flatMap((found) => (found ? [{ controllers: found[1]!.split(','), path: found[2]! }] : []));
  const nearest = async (
    controller: string,
    mount: string,
    limitIn: (folder: string) => Promise<number | undefined>,
  ) => {
    const group = groups.find(({ controllers }) => controllers.includes(controller));
    for (let path = group?.path; path !== undefined; path = path === dirname(path) ? undefined : dirname(path)) {
      const limit = await limitIn(join(root, mount, path));
      if (limit !== undefined) return limit;
    }
    return undefined;
  };
  return {
    memoryLimit:
      (await nearest('', '', async (folder) => bytes(await read(folder, 'memory.max')))) ??
      (await nearest('memory', 'memory', async (folder) => bytes(await read(folder, 'memory.limit_in_bytes')))),
    cpuLimit:
      (await nearest('', '', async (folder) => cores((await read(folder, 'cpu.max'))?.split(' ')))) ??
      (await nearest('cpu', 'cpu', async (folder) =>
        cores([await read(folder, 'cpu.cfs_quota_us'), await read(folder, 'cpu.cfs_period_us')]),
      )),
  };
};

const read = async (folder: string, name: string): Promise<string | undefined> => {
  try {
    return (await readFile(join(folder, name), 'utf8')).trim();
  } catch {
    return undefined;
  }
};

const bytes = (text: string | undefined): number | undefined => {
  const number = Number(text);
  return number > 0 && number < unlimitedBytes ? number : undefined;
};

/** Of a quota and its period, in microseconds; the quota is "max" or -1 where there is none. */
const cores = ([quota, period]: readonly (string | undefined)[] = []): number | undefined => {
  const share = Number(quota) / Number(period);
  return share > 0 ? share : undefined;
};
