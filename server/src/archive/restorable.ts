import { Deployment, excessOf, Flow, placeOf, schemaFindings, Version } from '@semstreams/contract';
import { z } from 'zod';
import type { StoredEntry, StoredMessage, StoredStream } from '../nats/storage/stored-data.ts';
import {
  bufferPlaceOf,
  bufferStream,
  deadLetterFlowOf,
  deadLetterStream,
  deadLetterStreamsStart,
  isBufferStream,
} from '../nats/storage/stream-names.ts';
import { jsonExcess } from '../web/json-body.ts';

/** What a backup holds and SemStreams does not keep, or not so; the message names it. */
export class NotOurs extends Error {
  override readonly name = 'NotOurs';
}

interface Shape {
  readonly schema: z.ZodType;
  /** The key that a value of this shape lies under. */
  readonly keyOf: (value: never) => string;
}

/** The buckets that backups are made of. With deployments flows begin to run, so they are written last. */
const shapes: Readonly<Record<string, Shape>> = {
  semstreams_versions: {
    schema: Version,
    keyOf: ({ flow, version }: Version) => `${flow.id}.${version}`,
  },
  semstreams_flows: { schema: Flow, keyOf: ({ id }: Flow) => id },
  semstreams_deployments: { schema: Deployment, keyOf: ({ flow }: Deployment) => flow },
};
export const restorableBuckets = Object.keys(shapes);

/** Throws a NotOurs where this is no entry of a bucket of ours in its present form. */
export const checkEntry = (bucket: string, { key, value }: StoredEntry): void => {
  const shape = shapes[bucket];
  if (!shape) throw new NotOurs(`it holds the bucket "${shown(bucket)}", which no backup has`);
  const wrong = (why: string) => new NotOurs(`the entry "${shown(key)}" of ${bucket} is none: ${why}`);
  const tooMuch = jsonExcess(Buffer.from(value).toString());
  if (tooMuch !== undefined) throw wrong(tooMuch);
  const json = jsonOf(value, wrong);
  const excess = excessOf(json);
  if (excess) throw wrong(`${placeOf(excess.path)}: ${excess.sentence}`);
  const parsed = shape.schema.safeParse(json);
  if (!parsed.success) {
    const [finding] = schemaFindings(parsed.error, shape.schema, json, []);
    throw wrong(`${finding?.place}: ${finding?.sentence}`);
  }
  const expected = shape.keyOf(parsed.data as never);
  if (key !== expected) throw wrong(`it is of "${shown(expected)}"`);
};

/** The key of the version that a deployment names, as an entry that was checked. */
export const versionKeyOf = ({ value }: Pick<StoredEntry, 'value'>): string => {
  const { flow, version } = Deployment.parse(JSON.parse(Buffer.from(value).toString()));
  return `${flow}.${version}`;
};

/** Sees all entries of a backup that were checked; `check` throws a NotOurs where a deployment names a version that is not among them. */
export const deployedVersions = () => {
  const versions = new Set<string>();
  const deployed: string[] = [];
  return {
    saw: (bucket: string, entry: StoredEntry): void => {
      if (bucket === 'semstreams_versions') versions.add(entry.key);
      if (bucket === 'semstreams_deployments') deployed.push(versionKeyOf(entry));
    },
    check: (): void => {
      const missing = deployed.find((key) => !versions.has(key));
      if (missing !== undefined)
        throw new NotOurs(`a deployment names the version "${missing}", which it does not hold`);
    },
  };
};

const jsonOf = (bytes: Uint8Array, wrong: (why: string) => NotOurs): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    throw wrong('it is no JSON');
  }
};

const nanosecondsOfMillisecond = 1_000_000;
/** Far beyond what any buffer comes to, with room to go on. */
const mostNumber = 2 ** 50;
/** What a stream of ours says of itself; everything else is as it is for all of them, whatever the backup says. */
const StreamHead = z.looseObject({
  name: z.string(),
  last: z.int().min(0).max(mostNumber).default(0),
  config: z.looseObject({
    subjects: z.array(z.string()).length(1),
    description: z.string().max(1000).optional(),
    discard: z.enum(['old', 'new']).default('old'),
    max_bytes: z.int().min(-1).default(-1),
    max_age: z.int().min(0).default(0),
    max_msgs: z.int().default(-1),
    duplicate_window: z
      .int()
      .min(0)
      .default(120_000 * nanosecondsOfMillisecond),
    num_replicas: z.int().min(1).max(5).default(1),
  }),
});

/** A stream to be made, and which messages belong into it. */
export interface RestorableStream extends Pick<StoredStream, 'name' | 'config'> {
  readonly takes: (subject: string) => boolean;
  /**
   * Its messages get numbers behind this one, and behind all that were used where it is put. Blocks of a buffer say which
   * numbers were delivered before them, so no number may come to mean another block. Undefined where numbers say nothing.
   */
  readonly after: number | undefined;
}

/** A stream of ours as a backup has it. Throws a NotOurs for any other. */
export const restorableStream = (head: unknown): RestorableStream => {
  const parsed = StreamHead.safeParse(head);
  if (!parsed.success) throw new NotOurs(`it holds a stream that is none: ${parsed.error.issues[0]?.message}`);
  const { name, config, last } = parsed.data;
  const [subject] = config.subjects as [string];
  const takes = messagesOf(name, subject);
  if (!takes) throw new NotOurs(`it holds the stream "${shown(name)}" of "${shown(subject)}", which no backup has`);
  return {
    name,
    takes,
    after: isBufferStream(name) ? last : undefined,
    config: {
      name,
      subjects: [subject],
      ...(config.description === undefined ? {} : { description: config.description }),
      discard: config.discard,
      max_bytes: config.max_bytes,
      max_age: config.max_age,
      max_msgs: config.max_msgs,
      duplicate_window: config.duplicate_window,
      num_replicas: config.num_replicas,
      retention: 'limits',
      storage: 'file',
    } as StoredStream['config'],
  };
};

const messagesOf = (name: string, subject: string): ((subject: string) => boolean) | undefined => {
  const place = bufferPlaceOf(subject);
  if (place) return bufferStream(place) === name ? (given) => given === subject : undefined;
  const flow = deadLetterFlowOf(subject);
  if (flow === undefined || deadLetterStream(flow) !== name) return undefined;
  const start = subject.slice(0, -1);
  return (given) => given.startsWith(start) && /^[\w-]+(\.[\w-]+)*$/.test(given.slice(start.length));
};

/** With a header of NATS a message asks something of it, such as to throw away what was there before; its id is harmless. */
const isHarmless = (name: string): boolean => /^(nats-msg-id|(?!nats-)[\w-]{1,100})$/i.test(name);
const mostHeaders = 64;

/** Throws a NotOurs where a message does not belong into the stream. */
export const checkMessage = (stream: RestorableStream, { subject, headers }: StoredMessage): void => {
  if (!stream.takes(subject))
    throw new NotOurs(`it holds a message to "${shown(subject)}", which is no subject of "${shown(stream.name)}"`);
  const names = Object.keys(headers);
  const foreign = names.find((name) => !isHarmless(name));
  if (foreign !== undefined)
    throw new NotOurs(`it holds a message with the header "${shown(foreign)}", which none has`);
  if (names.length > mostHeaders) throw new NotOurs('it holds a message with more headers than any has');
};

const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

/** Whether it is a stream that backups are made of, by its name. */
export const isRestorable = ({ name }: Pick<StoredStream, 'name'>): boolean =>
  isBufferStream(name) || name.startsWith(deadLetterStreamsStart);
