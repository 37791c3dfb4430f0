import { FatalFault } from '../../engine/fault.ts';
import { openBytes, whyNoFile } from '../data-files.ts';
import type { FileRecord, RecordReader } from './records.ts';

export interface Reading {
  readonly path: string;
  readonly signal: AbortSignal;
  readonly newReader: () => RecordReader;
  /** Resolves when the records are handed on. */
  readonly take: (records: readonly FileRecord[]) => Promise<void>;
}

/** Reads a file from the beginning to its end. Rejects with a FatalFault where it cannot. */
export const readOnce = async ({ path, signal, newReader, take }: Reading): Promise<void> => {
  const records = newReader();
  for await (const chunk of chunksOf(path)) {
    await take(records.push(chunk));
    if (signal.aborted) return;
  }
  await take(records.finish());
};

/** Only what the file itself throws is translated: what becomes of a chunk is not its fault. */
async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  const bytes = openBytes(path);
  const chunks = bytes[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await chunks.next().catch((thrown: unknown) => {
        throw new FatalFault(whyNoFile(thrown, path), { cause: thrown });
      });
      if (next.done) return;
      yield next.value as Buffer;
    }
  } finally {
    bytes.destroy();
  }
}
