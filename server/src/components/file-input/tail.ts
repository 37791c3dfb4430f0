import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { FatalFault } from '../../engine/fault.ts';
import { whyNoFile } from '../data-files.ts';
import type { Reading } from './read-file.ts';

/** How often a file that is followed is looked at, in milliseconds. */
const lookMs = 200;
const chunkBytes = 64 * 1024;

export interface Following extends Reading {
  /** Whether what stands in the file already is read too. */
  readonly fromStart: boolean;
  readonly report: (state: 'running' | 'waiting', sentence: string) => void;
}

interface Followed {
  readonly handle: FileHandle;
  readonly inode: number;
  position: number;
}

/**
 * Follows a file that grows: over rotation (another file under the name) and truncation, and before it exists. A file that
 * was put aside is read to its end before the new one is begun.
 */
export const tail = async ({ path, signal, newReader, take, report, fromStart }: Following): Promise<void> => {
  const buffer = Buffer.alloc(chunkBytes);
  let records = newReader();
  let followed: Followed | undefined;
  let isFirst = true;

  const begin = async (): Promise<void> => {
    const handle = await open(path, 'r');
    const { ino, size } = await handle.stat();
    followed = { handle, inode: ino, position: isFirst && !fromStart ? size : 0 };
    records = newReader();
    report('running', `Following "${path}"`);
  };

  const readOn = async ({ handle, position }: Followed): Promise<number> => {
    let at = position;
    const { size } = await handle.stat();
    if (size < at) {
      await take(records.finish());
      records = newReader();
      at = 0;
    }
    while (!signal.aborted) {
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      await take(records.push(buffer.subarray(0, bytesRead)));
    }
    return at;
  };

  const look = async (): Promise<void> => {
    const found = await stat(path).catch((thrown: unknown) => {
      if (!followed) report('waiting', `${whyNoFile(thrown, path)} yet`);
      return undefined;
    });
    if (!followed && found) await begin();
    // what comes later under this name is new from its first line on
    isFirst = false;
    if (!followed) return;
    followed.position = await readOn(followed);
    if (!found || found.ino === followed.inode) return;
    await take(records.finish());
    await followed.handle.close();
    followed = undefined;
    await look();
  };

  try {
    while (!signal.aborted) {
      await look();
      await sleep(lookMs, undefined, { signal }).catch(() => undefined);
    }
  } catch (thrown) {
    const isOfFile = (thrown as NodeJS.ErrnoException).syscall !== undefined;
    throw isOfFile ? new FatalFault(whyNoFile(thrown, path), { cause: thrown }) : thrown;
  } finally {
    await followed?.handle.close();
  }
};
