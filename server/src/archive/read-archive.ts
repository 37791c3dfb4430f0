import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { z } from 'zod';
import type { StoredEntry, StoredMessage } from '../nats/storage/stored-data.ts';
import { format, Manifest, manifestName } from './archive.ts';
import { checkMessage, NotOurs, restorableBuckets, restorableStream, type RestorableStream } from './restorable.ts';
import { sealedMagic, unseal } from './sealed.ts';
import { BrokenArchive, partsOf } from './tar.ts';

/** A backup in a file, perhaps sealed with a passphrase. */
export interface ArchiveFile {
  readonly path: string;
  readonly passphrase: string | undefined;
}

/** The backup is of a later version of SemStreams. */
export class NewerArchive extends Error {
  override readonly name = 'NewerArchive';
}

/** The file is sealed and no passphrase was given. */
export class NeedsPassphrase extends Error {
  override readonly name = 'NeedsPassphrase';
}

/** As text, so that people can read it; bytes that are no text in base 64. */
const Entry = z.union([
  z.strictObject({ key: z.string(), value: z.string() }),
  z.strictObject({ key: z.string(), base64: z.base64() }),
]);
const MessageLine = z.strictObject({
  subject: z.string(),
  time: z.string(),
  headers: z.record(z.string(), z.array(z.string())),
  data: z.base64(),
});

/** Longest line, in bytes: the largest message that NATS takes from us, as base 64. */
const mostLineBytes = 16 * 1024 ** 2;
const mostManifestBytes = 8 * 1024 ** 2;
const mostParts = 100_000;

/** Reads the whole file once. Throws a BrokenArchive, a NotOurs, a CannotUnseal or a NewerArchive where it cannot be used. */
export const verifyArchive = async (file: ArchiveFile): Promise<Manifest> => {
  const sums = new Map<string, string>();
  const entries = new Map<string, number>();
  let manifest: Manifest | undefined;
  for await (const part of partsOf(openArchive(file))) {
    if (manifest) throw new BrokenArchive('it goes on behind its manifest');
    if (part.name === manifestName) manifest = readManifest(part.data);
    else if (sums.has(part.name)) throw new BrokenArchive(`it holds "${part.name}" twice`);
    else if (!isPart(part.name)) throw new NotOurs(`it holds "${part.name.slice(0, 100)}", which no backup has`);
    else sums.set(part.name, createHash('sha256').update(part.data).digest('hex'));
    const bucket = bucketPart.exec(part.name)?.[1];
    if (bucket !== undefined) entries.set(bucket, (entries.get(bucket) ?? 0) + (await linesIn(part.data, part.name)));
    if (sums.size > mostParts) throw new BrokenArchive('it holds more parts than a backup has');
    await rested();
  }
  if (!manifest) throw new BrokenArchive('its end is missing, or it is no backup of SemStreams');
  const isWhole =
    sums.size === manifest.parts.length && manifest.parts.every(({ name, sha256 }) => sums.get(name) === sha256);
  if (!isWhole) throw new BrokenArchive('its parts are not what its manifest says');
  checkCounts('entries', manifest.buckets, entries);
  return manifest;
};

const linesIn = async (data: Buffer, part: string): Promise<number> => {
  let count = 0;
  for await (const line of linesOf(data, part)) if (line !== '') count += 1;
  return count;
};

/** Throws a BrokenArchive where a manifest says of a bucket or a stream that it holds another number than was found. */
export const checkCounts = (
  what: 'entries' | 'messages',
  said: Readonly<Record<string, number>>,
  found: ReadonlyMap<string, number>,
): void => {
  for (const name of new Set([...Object.keys(said), ...found.keys()])) {
    const [theirs, ours] = [Object.hasOwn(said, name) ? said[name]! : 0, found.get(name) ?? 0];
    if (theirs !== ours)
      throw new BrokenArchive(`its manifest counts ${theirs} ${what} of "${name.slice(0, 100)}", and it holds ${ours}`);
  }
};

const bucketPart = /^buckets\/([a-z_]+)\.\d+\.ndjson$/;
const headPart = /^streams\/(\d+)\/stream\.json$/;
const messagesPart = /^streams\/(\d+)\/messages\.\d+\.ndjson$/;
const isPart = (name: string): boolean =>
  restorableBuckets.includes(bucketPart.exec(name)?.[1] ?? '') || headPart.test(name) || messagesPart.test(name);

const readManifest = (data: Buffer): Manifest => {
  if (data.length > mostManifestBytes) throw new BrokenArchive('its manifest is larger than any is');
  const json = jsonOf(data.toString(), 'its manifest is none');
  const { data: head } = z.looseObject({ format: z.int() }).safeParse(json);
  const theirs = head?.format ?? 0;
  if (theirs > format)
    throw new NewerArchive(
      `it was made by a newer SemStreams (format ${theirs}, this one knows ${format}): update first`,
    );
  if (head && theirs < 1)
    throw new BrokenArchive(`it is of format ${theirs}, which there never was: this SemStreams knows ${format}`);
  const manifest = Manifest.safeParse(json);
  if (manifest.success) return manifest.data;
  throw new BrokenArchive('its manifest is none', { cause: manifest.error });
};

/** The entries of all buckets of an archive that was verified, one by one. */
export async function* entriesIn(file: ArchiveFile): AsyncIterable<StoredEntry & { readonly bucket: string }> {
  for await (const { name, data } of partsOf(openArchive(file))) {
    const bucket = bucketPart.exec(name)?.[1];
    if (bucket === undefined) continue;
    for await (const line of linesOf(data, name)) {
      const entry = fitting(Entry, line, name);
      const value = 'base64' in entry ? Buffer.from(entry.base64, 'base64') : Buffer.from(entry.value);
      yield { bucket, key: entry.key, value };
    }
  }
}

export type StreamPart =
  | { readonly kind: 'stream'; readonly stream: RestorableStream }
  | { readonly kind: 'message'; readonly stream: RestorableStream; readonly message: StoredMessage };

/** The streams of an archive that was verified, each followed by its messages. Throws a NotOurs for what is none of ours. */
export async function* streamsIn(file: ArchiveFile): AsyncIterable<StreamPart> {
  let stream: RestorableStream | undefined;
  const names = new Set<string>();
  for await (const { name, data } of partsOf(openArchive(file))) {
    if (headPart.test(name)) {
      stream = restorableStream(jsonOf(data.toString(), `its part "${name}" is none`));
      if (names.has(stream.name)) throw new BrokenArchive(`it holds the stream "${stream.name}" twice`);
      names.add(stream.name);
      yield { kind: 'stream', stream };
    } else if (messagesPart.test(name)) {
      if (!stream) throw new BrokenArchive(`its part "${name}" is of no stream`);
      for await (const line of linesOf(data, name)) {
        const { data: body, headers, ...rest } = fitting(MessageLine, line, name);
        const message = { ...rest, headers: withoutExpected(headers), data: Buffer.from(body, 'base64') };
        checkMessage(stream, message);
        yield { kind: 'message', stream, message };
      }
    }
  }
}

/** What a message expected of its stream, such as a number, was true of the one that it was stored in first. */
const withoutExpected = (headers: StoredMessage['headers']): StoredMessage['headers'] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !/^nats-expected-/i.test(name)));

const fitting = <Shape>(schema: z.ZodType<Shape>, line: string, part: string): Shape => {
  const parsed = schema.safeParse(jsonOf(line, `a line of its part "${part}" is none`));
  if (parsed.success) return parsed.data;
  throw new BrokenArchive(`a line of its part "${part}" is none`, { cause: parsed.error });
};

const jsonOf = (text: string, otherwise: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BrokenArchive(otherwise, { cause });
  }
};

/** The lines of a part, with rests between them: a part is a few megabytes, and more where somebody means no good. */
async function* linesOf(data: Buffer, part: string): AsyncIterable<string> {
  for (let start = 0; start < data.length;) {
    const found = data.indexOf(0x0a, start);
    const end = found === -1 ? data.length : found;
    if (end - start > mostLineBytes) throw new BrokenArchive(`a line of its part "${part}" is longer than any is`);
    if (end > start) yield data.toString('utf8', start, end);
    start = end + 1;
    await rested();
  }
}

/** How long it works before others have their turn, in milliseconds. */
const turnMs = 8;
let turnBegan = 0;

const rested = async (): Promise<void> => {
  if (performance.now() - turnBegan < turnMs) return;
  await new Promise((resolve) => void setImmediate(resolve));
  turnBegan = performance.now();
};

async function* openArchive({ path, passphrase }: ArchiveFile): AsyncIterable<Uint8Array> {
  const head = createReadStream(path, { end: sealedMagic.length - 1 });
  const pieces: Buffer[] = [];
  for await (const chunk of head) pieces.push(chunk as Buffer);
  const first = Buffer.concat(pieces);
  const packed = packers.find(({ magic }) => first.subarray(0, magic.length).equals(magic));
  if (packed) throw new BrokenArchive(`it is packed by ${packed.name}: unpack it first, and send the tar in it`);
  const bytes = createReadStream(path) as AsyncIterable<Buffer>;
  if (!first.equals(sealedMagic)) yield* bytes;
  else if (passphrase === undefined) throw new NeedsPassphrase('it is sealed: give its passphrase');
  else yield* unseal(bytes, passphrase);
}

/** What people pack files with, by how these begin. */
const packers = [
  { name: 'gzip', magic: Buffer.from([0x1f, 0x8b]) },
  { name: 'zip', magic: Buffer.from('PK') },
  { name: 'zstd', magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) },
  { name: 'xz', magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]) },
  { name: 'bzip2', magic: Buffer.from('BZh') },
];
