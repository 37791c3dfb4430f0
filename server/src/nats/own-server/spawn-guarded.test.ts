import { readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { spawnGuarded } from './spawn-guarded.ts';

/** Ids of the processes of a group that live: state and `pgrp` of proc(5). */
const groupOf = (id: number): string[] =>
  readdirSync('/proc').filter((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return group === String(id) && state !== 'Z';
    } catch {
      return false;
    }
  });

/** The shell has become the program. */
const begun = async (id: number): Promise<void> => {
  const isIt = (): boolean => readFileSync(`/proc/${id}/cmdline`, 'latin1').startsWith('sleep');
  await expect.poll(isIt, { timeout: 30_000 }).toBe(true);
};

describe.runIf(process.platform === 'linux')('a guarded program', () => {
  it.each(['runs', 'is frozen'])('that %s ends with the process that has started it', async (state) => {
    const child = spawnGuarded('sleep', ['600']);
    await begun(child.pid!);
    if (state === 'is frozen') child.kill('SIGSTOP');
    // what the end of this process would do, whatever ends it
    child.stdio[3]!.destroy();
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe('SIGTERM');
    await expect.poll(() => groupOf(child.pid!), { timeout: 30_000 }).toEqual([]);
  });

  it.each([
    ['by itself', ['-c', 'exit 7'], undefined, [7, null]],
    ['by a kill', ['-c', 'exec sleep 600'], 'SIGKILL', [null, 'SIGKILL']],
  ] as const)('that ends %s leaves nobody who guards it', async (_, given, signal, end) => {
    const child = spawnGuarded('sh', given);
    const ended = once(child, 'exit');
    if (signal) {
      await begun(child.pid!);
      child.kill(signal);
    }
    expect(await ended).toEqual(end);
    await expect.poll(() => groupOf(child.pid!), { timeout: 30_000 }).toEqual([]);
  });

  it('says at its error output what is wrong, where there is no such program', async () => {
    const child = spawnGuarded('/nowhere/nats-server', []);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = await once(child, 'close');
    expect([code, said]).toEqual([127, expect.stringContaining('/nowhere/nats-server')]);
  });
});
