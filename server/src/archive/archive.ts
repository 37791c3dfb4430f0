import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { StoredData, StoredEntry } from '../nats/storage/stored-data.ts';
import { isRestorable, restorableBuckets } from './restorable.ts';
import { type Part, tarOf } from './tar.ts';

/** The form of the archive; a reader refuses higher ones. */
export const format = 1;
export const manifestName = 'manifest.json';
/** About so many bytes of lines go into one part. */
const partBytes = 4 * 1024 ** 2;

/** Stands last in the archive: without it the archive is cut. */
export const Manifest = z.strictObject({
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

export interface ArchiveFacts {
  readonly madeAt: Date;
  readonly madeBy: string;
  readonly instance: string;
  readonly dataVersion: number;
  /** Whether what waits in buffers and the dead letters go in too. */
  readonly withBuffers: boolean;
}

/** What an archive is made from. */
export type ArchiveSource = Pick<StoredData, 'buckets' | 'entries' | 'streams' | 'messages'>;

/**
 * All that is kept, as a tar archive: `buckets/<bucket>.<n>.ndjson` with an entry a line, with buffers also
 * `streams/<n>/…`, and last a manifest with the SHA-256 of every part. It is made while everything runs: deployments are
 * read before the versions that they name, and those never change.
 */
export const writeArchive = (data: ArchiveSource, facts: ArchiveFacts): AsyncIterable<Buffer> =>
  tarOf(allParts(data, facts), facts.madeAt);

async function* allParts(data: ArchiveSource, facts: ArchiveFacts): AsyncIterable<Part> {
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

async function* contentParts(data: ArchiveSource, facts: ArchiveFacts, manifest: Manifest): AsyncIterable<Part> {
  for (const { name } of (await data.buckets()).sort((a, b) => a.name.localeCompare(b.name))) {
    if (!restorableBuckets.includes(name)) continue;
    const entries = await data.entries(name);
    manifest.buckets[name] = entries.length;
    yield* linesInParts(`buckets/${name}`, linesOf(entries));
  }
  if (!facts.withBuffers) return;
  for (const [number, stream] of (await data.streams()).filter(isRestorable).entries()) {
    const { name, config, to: last } = stream;
    yield {
      name: `streams/${number}/stream.json`,
      data: Buffer.from(JSON.stringify({ name, config, last })),
    };
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

async function* linesOf(entries: readonly StoredEntry[]): AsyncIterable<string> {
  for (const entry of entries) yield lineOf(entry);
}

const lineOf = ({ key, value }: StoredEntry): string => {
  const bytes = Buffer.from(value);
  const text = bytes.toString();
  return JSON.stringify(
    Buffer.from(text).equals(bytes) ? { key, value: text } : { key, base64: bytes.toString('base64') },
  );
};
