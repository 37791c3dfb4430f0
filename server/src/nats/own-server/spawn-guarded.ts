import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * `$$` is the shell, which becomes the program; beside it one line is waited for. It comes when the program has ended by
 * itself. Where it breaks off, this process is gone, and the program is ended, also one that is frozen.
 */
const command = '(read -r gone <&3 || { kill -TERM $$; kill -CONT $$; }) 2>/dev/null & exec "$0" "$@" 3<&-';

/**
 * Starts a program that does not outlive this process, however that ends: a kill, too, leaves nothing behind. It is in a
 * process group of its own, so Ctrl+C in a terminal does not reach it. What it says of errors is at `stderr`.
 */
export const spawnGuarded = (
  program: string,
  given: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): ChildProcess => {
  const child = spawn('/bin/sh', ['-c', command, program, ...given], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env,
  });
  // one that could not be started for want of open files has no pipes
  const line = (child.stdio as ChildProcess['stdio'] | undefined)?.[3] as Socket | null | undefined;
  line?.on('error', () => line.destroy());
  line?.unref();
  child.once('exit', () => line?.end('gone\n'));
  return child;
};
