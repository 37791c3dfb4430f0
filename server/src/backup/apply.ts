import { createHash } from 'node:crypto';
import type { BucketChanges } from '@semstreams/contract';
import { EntriesInMemory } from '../migrations/entries-in-memory.ts';
import { broughtUpToDate, dataVersion } from '../migrations/steps.ts';
import type { StoredData, StoredEntry, StoredMessage } from '../nats/storage/stored-data.ts';
import { type ArchiveFile, entriesIn, streamsIn } from '../archive/read-archive.ts';
import { NotOurs, restorableBuckets } from '../archive/restorable.ts';

/** Written last and emptied first: with it, flows begin to run. */
export const lastBucket = 'semstreams_deployments';

export type BucketEntry = StoredEntry & { readonly bucket: string };
/** The entries of an archive that was verified; read anew each time that somebody asks for them. */
export type ReadEntries = () => AsyncIterable<BucketEntry>;

/** More are in no backup. */
const mostEntries = 500_000;
/** Data of older versions is brought up to date in memory, so it has a bound, in bytes. */
const mostOldBytes = 64 * 1024 ** 2;

/** The entries of an archive in the form that this SemStreams works with, however old it is. */
export const presentForm = async (file: ArchiveFile, version: number): Promise<ReadEntries> => {
  if (version === dataVersion) return () => entriesIn(file);
  const buckets = new Map<string, StoredEntry[]>();
  const known = new Set<string>();
  let bytes = 0;
  for await (const entry of entriesIn(file)) {
    const { bucket, key, value } = entry;
    bytes += value.length;
    if (bytes > mostOldBytes) throw new NotOurs('it is of an older version, and larger than can be brought up to date');
    const name = `${bucket}.${key}`;
    if (known.has(name)) throw twice(entry);
    if (known.add(name).size > mostEntries) throw tooMany();
    const entries = buckets.get(bucket) ?? [];
    entries.push({ key, value });
    buckets.set(bucket, entries);
  }
  const entries = new EntriesInMemory(buckets);
  await broughtUpToDate(entries, version);
  return () => listed(entries.all());
};

async function* listed(buckets: ReadonlyMap<string, readonly StoredEntry[]>): AsyncIterable<BucketEntry> {
  for (const [bucket, entries] of buckets) for (const entry of entries) yield { bucket, ...entry };
}

/** How the entries of an archive differ from those that are there. Holds a sum of each of them, and not the entries. */
export const changesOf = async (
  read: ReadEntries,
  data: StoredData,
  check: (entry: BucketEntry) => void = () => undefined,
): Promise<BucketChanges[]> => {
  const then = new Map(restorableBuckets.map((bucket) => [bucket, new Map<string, string>()]));
  let count = 0;
  for await (const entry of read()) {
    check(entry);
    const known = then.get(entry.bucket)!;
    if (known.has(entry.key)) throw twice(entry);
    known.set(entry.key, sumOf(entry.value));
    if ((count += 1) > mostEntries) throw tooMany();
  }
  const changes: BucketChanges[] = [];
  for (const bucket of [...restorableBuckets].sort()) {
    const now = new Map((await data.entries(bucket)).map(({ key, value }) => [key, sumOf(value)]));
    const sums = then.get(bucket)!;
    const keys = [...sums.keys()];
    changes.push({
      bucket,
      added: keys.filter((key) => !now.has(key)),
      changed: keys.filter((key) => now.has(key) && now.get(key) !== sums.get(key)),
      removed: [...now.keys()].filter((key) => !sums.has(key)),
      unchanged: keys.filter((key) => now.get(key) === sums.get(key)).length,
    });
  }
  return changes;
};

const tooMany = (): NotOurs => new NotOurs('it holds more entries than a backup has');

const twice = ({ bucket, key }: BucketEntry): NotOurs => new NotOurs(`it holds the entry "${key}" of ${bucket} twice`);

const sumOf = (value: Uint8Array): string => createHash('sha256').update(value).digest('base64');

/** Makes the buckets equal what is read. It may run twice. */
export const applyEntries = async (read: ReadEntries, data: StoredData): Promise<void> => {
  const changes = new Map((await changesOf(read, data)).map((each) => [each.bucket, each]));
  const remove = async (bucket: string) => {
    for (const key of changes.get(bucket)?.removed ?? []) await data.remove(bucket, key);
  };
  const put = async (isMeant: (bucket: string) => boolean) => {
    const written = new Map(
      [...changes].map(([bucket, { added, changed }]) => [bucket, new Set([...added, ...changed])]),
    );
    for await (const { bucket, key, value } of read())
      if (isMeant(bucket) && written.get(bucket)?.has(key)) await data.put(bucket, key, value);
  };
  await remove(lastBucket);
  await put((bucket) => bucket !== lastBucket);
  for (const bucket of restorableBuckets) if (bucket !== lastBucket) await remove(bucket);
  await put((bucket) => bucket === lastBucket);
};

/** So many bytes are on their way to NATS at the same time. */
const bytesUnderWay = 4 * 1024 ** 2;

/** Puts the streams of an archive that was verified in the place of those that are there. It may run twice. */
export const applyStreams = async (
  file: ArchiveFile,
  data: StoredData,
  /** Told before a stream is made anew. */
  onStream: (name: string) => Promise<void>,
): Promise<void> => {
  let held: StoredMessage[] = [];
  let bytes = 0;
  const store = async (): Promise<void> => {
    const messages = held;
    [held, bytes] = [[], 0];
    await Promise.all(messages.map(async (message) => data.store(message)));
  };
  for await (const part of streamsIn(file)) {
    if (part.kind === 'stream') {
      await store();
      const { name, after } = part.stream;
      const behind = after === undefined ? 0 : Math.max(after, await data.lastNumberOf(name));
      await onStream(name);
      await data.renewStream(part.stream, behind);
      continue;
    }
    held.push(part.message);
    bytes += part.message.data.length;
    if (bytes >= bytesUnderWay || held.length >= 100) await store();
  }
  await store();
};
