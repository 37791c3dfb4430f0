import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { whenLate } from './patience.ts';
import { cpuMsOf } from './process-usage.ts';

let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));

const begin = async (program: string, ...given: readonly string[]): Promise<number> => {
  child = spawn(program, given);
  await once(child, 'spawn');
  return child.pid!;
};

/** How long it took, by the clock and of CPU, until a process had had its time. */
const untilLate = async (id: number, mostMs: number) => {
  const from = performance.now();
  await new Promise<void>((resolve) => whenLate(id, mostMs, resolve));
  return { clockMs: performance.now() - from, cpuMs: cpuMsOf(id)! };
};

describe.runIf(process.platform === 'linux')('a process has had its time', () => {
  it('when it has worked for so long', async () => {
    const { cpuMs } = await untilLate(await begin('sh', '-c', 'while :; do :; done'), 400);
    expect(cpuMs).toBeGreaterThanOrEqual(400);
  });

  it('when it has slept for twice as long', async () => {
    const { clockMs, cpuMs } = await untilLate(await begin('sleep', '600'), 400);
    expect(clockMs).toBeGreaterThanOrEqual(800);
    expect(cpuMs).toBeLessThan(400);
  });

  it('not because it gets no CPU, until that has lasted ten times as long', async () => {
    const id = await begin('sh', '-c', 'while :; do :; done');
    process.kill(id, 'SIGSTOP');
    const { clockMs, cpuMs } = await untilLate(id, 300);
    expect(clockMs).toBeGreaterThanOrEqual(3000);
    expect(cpuMs).toBeLessThan(300);
  });

  it('and is looked at no more when it has ended before', async () => {
    const id = await begin('sh', '-c', 'while :; do :; done');
    let isLate = false;
    whenLate(id, 100, () => (isLate = true))();
    await expect.poll(() => cpuMsOf(id), { timeout: 30_000 }).toBeGreaterThan(500);
    expect(isLate).toBe(false);
  });
});
