import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { endBy } from './processes.ts';

export interface Reading {
  readonly got: number;
  readonly highest: number;
  /** The first number that arrived. */
  readonly lowest: number;
  /** Numbers that were left out between two that arrived. */
  readonly gaps: number;
}

/** A WebSocket receiver in a process of its own. */
export class Reader {
  private constructor(private readonly child: ChildProcess) {}

  static async connected(port: number): Promise<Reader> {
    const child = fork(join(import.meta.dirname, 'websocket-reader.mjs'), [String(port)]);
    onTestFinished(async () => void (await endBy(child, 'SIGKILL')));
    await once(child, 'message');
    return new Reader(child);
  }

  /** It lives and reads nothing, until `thaw`. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  /** It ends without a word. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  async reading(): Promise<Reading> {
    const answer = once(this.child, 'message');
    this.child.send('read');
    return ((await answer) as [Reading])[0];
  }
}
