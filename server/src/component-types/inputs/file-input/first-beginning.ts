import { readAt } from '../../../component-kit/files/unpack.ts';
import type { Beginning } from './progress.ts';
import { type Reading, startOf } from './read-file.ts';
import { chunksFrom, isSeekable, type SourceFile } from './source-file.ts';

/** How far back the beginning of the last line is looked for, at a time. */
const stepBytes = 64 * 1024;

/**
 * Where a file is begun of which only what is added is wanted: behind its last whole line. The names of columns stand in
 * its first line all the same.
 */
export const endOf = async (source: SourceFile, { newReader, encoding, hasNames }: Reading): Promise<Beginning> => {
  const start = startOf(source);
  const reader = newReader(start);
  if (!isSeekable(source)) {
    let read = 0;
    for await (const chunk of chunksFrom(source, 0, { encoding })) {
      reader.push(chunk);
      read += chunk.length;
    }
    const { pending, lines, names } = reader;
    return { ...start, offset: read - pending, lines, names: names && [...names] };
  }
  const offset = await behindLastLine(source);
  if (!hasNames || offset === 0) return { ...start, offset };
  for await (const chunk of chunksFrom(source, 0, { encoding })) {
    reader.push(chunk);
    if (reader.names) return { ...start, offset, names: [...reader.names] };
  }
  return start;
};

/** Where the line begins that has no end yet; a line of CR alone ends with that. */
const behindLastLine = async ({ handle }: SourceFile): Promise<number> => {
  const { size } = await handle.stat();
  for (let end = size; end > 0; end -= stepBytes) {
    const from = Math.max(0, end - stepBytes);
    const bytes = await readAt(handle, from, end - from);
    const last = bytes.lastIndexOf('\n');
    if (last >= 0) return from + last + 1;
    const lastReturn = bytes.lastIndexOf('\r');
    if (lastReturn >= 0) return from + lastReturn + 1;
  }
  return 0;
};
