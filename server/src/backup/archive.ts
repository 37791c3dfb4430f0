import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { z } from 'zod';
import {
  type StoredData,
  type StoredEntry,
  type StoredMessage,
  type StoredStream,
  systemBucket,
} from '../nats/stored-data.ts';
import { sealedMagic, unseal } from './sealed.ts';
import { BrokenArchive, type Part, partsOf, tarOf } from './tar.ts';

/** The form of the archive; a reader refuses higher ones. */
const format = 1;
const manifestName = 'manifest.json';
/** About so many bytes of lines go into one part. */
const partBytes = 4 * 1024 ** 2;

/** Stands last in the archive: without it the archive is cut. */
const Manifest = z.strictObject({
  format: z.int(),
  made_at: z.iso.datetime(),
  made_by: z.string(),
  instance: z.string(),
  data_version: z.int(),
  buckets: z.record(z.string(), z.int()),
  streams: z.record(z.string(), z.int()),
  parts: z.array(z.strictObject({ name: z.string(), bytes: z.int(), sha256: z.string() })),
});
export type Manifest = z.infer<typeof Manifest>;

/** As text, so that people can read it; bytes that are no text in base 64. */
const Entry = z.union([
  z.strictObject({ key: z.string(), value: z.string() }),
  z.strictObject({ key: z.string(), base64: z.base64() }),
]);
const StreamHead = z.looseObject({ name: z.string() });
const MessageLine = z.strictObject({
  subject: z.string(),
  time: z.string(),
  headers: z.record(z.string(), z.array(z.string())),
  data: z.string(),
});

/** The backup is of a later version of SemStreams. */
export class NewerArchive extends Error {
  override readonly name = 'NewerArchive';
}

export interface ArchiveFacts {
  readonly madeAt: Date;
  readonly madeBy: string;
  readonly instance: string;
  readonly dataVersion: number;
  /** Whether what waits in buffers and the dead letters go in too. */
  readonly withBuffers: boolean;
}

/**
 * All that is kept, as a tar archive: `buckets/<bucket>.<n>.ndjson` with an entry a line, with buffers also
 * `streams/<n>/…`, and last a manifest with the SHA-256 of every part. It is made while everything runs: deployments are
 * read before the versions that they name, and those never change.
 */
export const writeArchive = (data: StoredData, facts: ArchiveFacts): AsyncIterable<Buffer> =>
  tarOf(allParts(data, facts), facts.madeAt);

async function* allParts(data: StoredData, facts: ArchiveFacts): AsyncIterable<Part> {
  const manifest: Manifest = {
    format,
    made_at: facts.madeAt.toISOString(),
    made_by: facts.madeBy,
    instance: facts.instance,
    data_version: facts.dataVersion,
    buckets: {},
    streams: {},
    parts: [],
  };
  for await (const part of contentParts(data, facts, manifest)) {
    const sha256 = createHash('sha256').update(part.data).digest('hex');
    manifest.parts.push({ name: part.name, bytes: part.data.length, sha256 });
    yield part;
  }
  yield { name: manifestName, data: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) };
}

async function* contentParts(data: StoredData, facts: ArchiveFacts, manifest: Manifest): AsyncIterable<Part> {
  for (const { name } of (await data.buckets()).sort((a, b) => a.name.localeCompare(b.name))) {
    if (name === systemBucket) continue;
    const entries = await data.entries(name);
    manifest.buckets[name] = entries.length;
    const lines = entries.map(lineOf);
    yield* linesInParts(`buckets/${name}`, asAsync(lines));
  }
  if (!facts.withBuffers) return;
  for (const [number, stream] of (await data.streams()).entries()) {
    const { name, config, consumers } = stream;
    yield { name: `streams/${number}/stream.json`, data: Buffer.from(JSON.stringify({ name, config, consumers })) };
    let messages = 0;
    const lines = async function* () {
      for await (const message of data.messages(stream)) {
        messages += 1;
        yield JSON.stringify({ ...message, data: Buffer.from(message.data).toString('base64') });
      }
    };
    yield* linesInParts(`streams/${number}/messages`, lines());
    manifest.streams[name] = messages;
  }
}

async function* linesInParts(name: string, lines: AsyncIterable<string>): AsyncIterable<Part> {
  let number = 0;
  let held: string[] = [];
  let bytes = 0;
  const part = (): Part => ({ name: `${name}.${(number += 1)}.ndjson`, data: Buffer.from(held.join('')) });
  for await (const line of lines) {
    held.push(`${line}\n`);
    bytes += line.length;
    if (bytes < partBytes) continue;
    yield part();
    [held, bytes] = [[], 0];
  }
  if (held.length > 0) yield part();
}

async function* asAsync<Item>(items: readonly Item[]): AsyncIterable<Item> {
  yield* items;
}

/** A backup in a file, perhaps sealed with a passphrase. */
export interface ArchiveFile {
  readonly path: string;
  readonly passphrase: string | undefined;
}

/** Reads the whole file once. Throws a BrokenArchive, a CannotUnseal or a NewerArchive where it cannot be used. */
export const verifyArchive = async (file: ArchiveFile): Promise<Manifest> => {
  const sums = new Map<string, string>();
  let last: Part | undefined;
  for await (const part of partsOf(openArchive(file))) {
    if (last) sums.set(last.name, createHash('sha256').update(last.data).digest('hex'));
    last = part;
  }
  if (last?.name !== manifestName) throw new BrokenArchive('its end is missing, or it is no backup of SemStreams');
  const manifest = readManifest(last.data);
  const isWhole =
    sums.size === manifest.parts.length && manifest.parts.every(({ name, sha256 }) => sums.get(name) === sha256);
  if (!isWhole) throw new BrokenArchive('its parts are not what its manifest says');
  return manifest;
};

const readManifest = (data: Buffer): Manifest => {
  const json = jsonOf(data);
  const { data: head } = z.looseObject({ format: z.int() }).safeParse(json);
  const theirs = head?.format ?? 0;
  if (theirs > format)
    throw new NewerArchive(
      `it was made by a newer SemStreams (format ${theirs}, this one knows ${format}): update first`,
    );
  const manifest = Manifest.safeParse(json);
  if (manifest.success) return manifest.data;
  throw new BrokenArchive('its manifest is none', { cause: manifest.error });
};

const jsonOf = (data: Buffer): unknown => {
  try {
    return JSON.parse(data.toString());
  } catch (cause) {
    throw new BrokenArchive('its manifest is none', { cause });
  }
};

/** The entries of every bucket in an archive that was verified. */
export const bucketsIn = async (file: ArchiveFile): Promise<Map<string, StoredEntry[]>> => {
  const buckets = new Map<string, StoredEntry[]>();
  for await (const { name, data } of partsOf(openArchive(file))) {
    const bucket = /^buckets\/(.+)\.\d+\.ndjson$/.exec(name)?.[1];
    if (bucket === undefined) continue;
    const entries = linesOf(data).map((line) => Entry.parse(JSON.parse(line)));
    const known = buckets.get(bucket) ?? [];
    buckets.set(bucket, [...known, ...entries.map(entryOf)]);
  }
  return buckets;
};

/** Puts the streams of an archive that was verified in the place of those that are there. */
export const restoreStreams = async (file: ArchiveFile, data: StoredData): Promise<void> => {
  for await (const part of partsOf(openArchive(file))) {
    if (/^streams\/\d+\/stream\.json$/.test(part.name)) {
      const head = StreamHead.parse(JSON.parse(part.data.toString()));
      await data.renewStream(head as unknown as StoredStream);
    } else if (part.name.startsWith('streams/'))
      for (const line of linesOf(part.data)) await data.store(messageOf(MessageLine.parse(JSON.parse(line))));
  }
};

const lineOf = ({ key, value }: StoredEntry): string => {
  const bytes = Buffer.from(value);
  const text = bytes.toString();
  return JSON.stringify(
    Buffer.from(text).equals(bytes) ? { key, value: text } : { key, base64: bytes.toString('base64') },
  );
};

const entryOf = (entry: z.infer<typeof Entry>): StoredEntry => ({
  key: entry.key,
  value: 'base64' in entry ? Buffer.from(entry.base64, 'base64') : Buffer.from(entry.value),
});

const messageOf = ({ data, ...message }: z.infer<typeof MessageLine>): StoredMessage => ({
  ...message,
  data: Buffer.from(data, 'base64'),
});

const linesOf = (data: Buffer): string[] =>
  data
    .toString()
    .split('\n')
    .filter((line) => line !== '');

async function* openArchive({ path, passphrase }: ArchiveFile): AsyncIterable<Uint8Array> {
  const head = createReadStream(path, { end: sealedMagic.length - 1 });
  const first: Buffer[] = [];
  for await (const chunk of head) first.push(chunk as Buffer);
  const bytes = createReadStream(path) as AsyncIterable<Buffer>;
  if (!Buffer.concat(first).equals(sealedMagic)) yield* bytes;
  else if (passphrase === undefined) throw new NeedsPassphrase('it is sealed: give its passphrase');
  else yield* unseal(bytes, passphrase);
}

/** The file is sealed and no passphrase was given. */
export class NeedsPassphrase extends Error {
  override readonly name = 'NeedsPassphrase';
}
