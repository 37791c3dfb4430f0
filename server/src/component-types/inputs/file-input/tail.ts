import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { FatalFault } from '../../../engine/fault.ts';
import { whyNoFile } from '../../../component-kit/files/data-files.ts';
import { endOf } from './first-beginning.ts';
import { FollowedFile } from './followed-file.ts';
import { oldCopies } from './old-copies.ts';
import { nothingYet, type Place, tellsCopies } from '../../../component-kit/files/place.ts';
import type { Beginning } from './progress.ts';
import { faultOf, type Reading, readFrom, startOf } from './read-file.ts';
import { holds, idOf, openSource, type SourceFile } from './source-file.ts';

/** How often a file that is followed is looked at, in milliseconds. */
const lookMs = 200;

export interface Following extends Reading {
  /** Whether what stands in the file already is read too, the first time. */
  readonly fromStart: boolean;
}

/**
 * Follows a file that grows, from the place up to which it was handed on before: over rotation (another file under the
 * name) and truncation, and before it exists. What was put aside is read to its end before the new file is begun.
 */
export const tail = async (following: Following, known: Place | undefined): Promise<void> => {
  const { path, signal, progress, encoding, report } = following;
  let followed: FollowedFile | undefined;
  /** What comes later under this name is new from its first line on. */
  let isFirst = known === undefined;
  let names = known?.names;

  const follow = async (source: SourceFile, beginning: Beginning): Promise<void> => {
    isFirst = false;
    followed = new FollowedFile(source, beginning, following);
    await progress.begin(beginning);
    report('running', `Following "${path}"`);
  };

  /** Files may come and go while they are opened. */
  const openPresent = async (): Promise<SourceFile | undefined> => {
    const source = await openSource(path, encoding).catch((thrown: unknown) => {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw thrown;
    });
    if (source?.isPacked !== true) return source;
    await source.handle.close();
    throw new FatalFault(`"${path}" is packed with gzip: a packed file cannot be followed, read it "once"`);
  };

  /** Reads to their ends the files that were put aside since the place. */
  const readOldCopies = async (place: Place): Promise<void> => {
    const copies = place.file === '' ? [] : await oldCopies(path, place, encoding);
    for (const [index, copy] of copies.entries()) {
      const source = await openSource(copy, encoding).catch(() => undefined);
      if (!source) continue;
      const beginning = index === 0 ? { ...place, file: source.id } : { ...startOf(source), names };
      try {
        await progress.begin(beginning);
        await readFrom(source, beginning, { ...following, take: async (records) => progress.take(records) });
      } finally {
        await source.handle.close();
      }
      if (signal.aborted) return;
      names = progress.present.names ?? names;
    }
  };

  /** Goes on where it was, in whatever file that is now. */
  const resume = async (place: Place): Promise<void> => {
    const source = await openPresent();
    const isSame = source && (source.id === place.file || tellsCopies(place)) && (await holds(source, place));
    const hasMoved = !isSame || (source.id !== place.file && (await oldCopies(path, place, encoding)).length > 0);
    if (!hasMoved) return follow(source!, { ...place, file: source!.id });
    await source?.handle.close();
    await readOldCopies(place);
  };

  const begin = async (): Promise<void> => {
    const source = await openPresent();
    if (!source) return;
    await follow(
      source,
      isFirst && !following.fromStart ? await endOf(source, following) : { ...startOf(source), names },
    );
  };

  /** Ends a file to which nobody adds any more. */
  const leave = async (file: FollowedFile): Promise<void> => {
    await file.finish();
    names = file.names ?? names;
    await file.close();
    followed = undefined;
  };

  const look = async (): Promise<void> => {
    const found = await stat(path).catch((thrown: unknown) => {
      if (!followed) report('waiting', `${whyNoFile(thrown, path)} yet`);
      return undefined;
    });
    if (!followed) {
      if (found) await begin();
      else if (isFirst) await progress.begin(nothingYet(''));
      isFirst = false;
    }
    if (!followed) return;
    const file = followed;
    if (!(await file.isIntact())) {
      // what was cut off may lie in a copy
      names = file.names ?? names;
      await file.close();
      followed = undefined;
      await readOldCopies(progress.present);
      return;
    }
    await file.readOn();
    if (!found || idOf(found) === file.source.id || signal.aborted) return;
    const place = progress.present;
    await leave(file);
    await readLater(place);
    if (!signal.aborted) await look();
  };

  /** Reads what was put aside after the file that was followed, between two looks. */
  const readLater = async (place: Place): Promise<void> => {
    const [, ...later] = await oldCopies(path, place, encoding);
    if (later.length > 0) await readOldCopies(progress.present);
  };

  try {
    if (known && known.file !== '') await resume(known);
    while (!signal.aborted) {
      await look();
      await sleep(lookMs, undefined, { signal }).catch(() => undefined);
    }
  } catch (thrown) {
    throw faultOf(thrown, path);
  } finally {
    await progress.note();
    await followed?.close();
  }
};
