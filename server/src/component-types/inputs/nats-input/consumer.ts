import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { askJetStream, noConsumer, noStream, Refused, streamOf } from '../../../component-kit/nats/jet-stream.ts';
import type { NatsLine } from '../../../component-kit/nats/nats-line.ts';
import { isOwnedStream } from '../../../component-kit/nats/subject.ts';
import type { NatsInputConfig } from './nats-input.definition.ts';

const ConsumerConfig = z.looseObject({
  deliver_subject: z.string().default(''),
  ack_policy: z.string().default('none'),
  ack_wait: z.number().default(30e9),
  max_deliver: z.number().default(-1),
  filter_subject: z.string().default(''),
  filter_subjects: z.array(z.string()).nullish(),
  description: z.string().default(''),
  metadata: z.record(z.string(), z.string()).nullish(),
});
const ConsumerInfo = z.object({
  stream_name: z.string(),
  name: z.string(),
  created: z.string(),
  ts: z.string().default(''),
  config: ConsumerConfig,
  delivered: z.object({ stream_seq: z.number(), last_active: z.string().optional() }),
  num_ack_pending: z.number(),
  num_pending: z.number(),
});
export type ConsumerInfo = z.output<typeof ConsumerInfo>;

/** A million of these is a millisecond. */
const nanoseconds = 1e6;
/** What consumers are described by that were made here: those alone are changed. */
const ours = 'SemStreams';
const mark = 'read by a flow of SemStreams';

/** The stream or the consumer is such that it cannot be read as it should be. */
export class NotReadable extends Error {
  override readonly name = 'NotReadable';
}

/** Where one consumer is asked. */
export interface ConsumerPlace {
  readonly stream: string;
  readonly consumer: string;
}

/** The consumer that these settings name, made or changed where it has to be. Rejects with a sentence. */
export const ensureConsumer = async (
  line: NatsLine,
  config: NatsInputConfig,
  usualName: string,
): Promise<ConsumerInfo> => {
  const stream = config.stream || (await streamOf(line, config.domain, config.subjects[0]!));
  if (isOwnedStream(stream))
    throw new NotReadable(`the stream "${stream}" is one in which this product keeps what it needs: read another one`);
  const place = { stream, consumer: config.consumer || usualName };
  const known = await consumerInfo(line, config.domain, place).catch((thrown: unknown) => {
    if (thrown instanceof Refused && thrown.code === noConsumer) return undefined;
    throw thrown;
  });
  if (!known) return create(line, config, place);
  const problem = problemWith(known, config);
  if (problem === undefined) return known;
  const isOurs = known.config.description.startsWith(ours);
  if (problem !== 'changed') throw new NotReadable(`the consumer "${place.consumer}" ${problem}`);
  if (!isOurs)
    throw new NotReadable(
      `the consumer "${place.consumer}" reads other subjects than these: name another one, or leave "subjects" empty`,
    );
  const { config: before } = known;
  await write(line, config.domain, place, 'update', { ...before, ...changeable(config) });
  return consumerInfo(line, config.domain, place);
};

/** Rejects with a Refused where there is none. */
export const consumerInfo = async (line: NatsLine, domain: string, place: ConsumerPlace): Promise<ConsumerInfo> =>
  askJetStream(line, {
    ...{ domain, body: {}, shape: ConsumerInfo },
    api: `CONSUMER.INFO.${place.stream}.${place.consumer}`,
  });

const StreamInfo = z.object({ state: z.object({ messages: z.number() }) });

/** How many messages a stream holds. */
export const lookAtStream = async (line: NatsLine, domain: string, stream: string): Promise<number> => {
  const { state } = await askJetStream(line, { domain, api: `STREAM.INFO.${stream}`, body: {}, shape: StreamInfo });
  return state.messages;
};

/** What a consumer that was made here is known by: times of servers change a little when they start again. */
const identity = 'semstreams.id';
/** Times that differ by more are of two consumers, in milliseconds. */
const otherMs = 5000;

/**
 * What the numbers of messages count in: another one where a stream or a consumer is made anew. Undefined where nobody can know
 * that, as with consumers that others have made.
 */
export const sourceOf = ({ config }: ConsumerInfo): string | undefined => {
  const id = config.metadata?.[identity] ?? '';
  return /^[\w-]{1,100}$/.test(id) ? `nats.${id}` : undefined;
};

/** Whether it is the same consumer that was looked at before. */
export const isSameConsumer = (one: ConsumerInfo, other: ConsumerInfo): boolean =>
  one.stream_name === other.stream_name &&
  one.name === other.name &&
  sourceOf(one) === sourceOf(other) &&
  (sourceOf(one) !== undefined || Math.abs(Date.parse(one.created) - Date.parse(other.created)) < otherMs);

/** How long it takes until all comes again that is under way now, in milliseconds. */
export const againInMs = ({ ts, delivered, config }: ConsumerInfo): number => {
  const waitMs = config.ack_wait / nanoseconds;
  const passedMs = Date.parse(ts) - Date.parse(delivered.last_active ?? '');
  return Number.isFinite(passedMs) ? Math.max(0, waitMs - Math.max(0, passedMs)) : waitMs;
};

/** What is wrong with a consumer that is there; `changed` where only the settings are others. */
const problemWith = ({ config }: ConsumerInfo, wanted: NatsInputConfig): string | undefined => {
  if (config.deliver_subject !== '') return 'pushes messages by itself: name one that is pulled from, or none';
  if (config.ack_policy === 'none')
    return 'takes no acknowledgements, so messages would be lost: name another one, or none';
  if (config.max_deliver > 0)
    return `gives messages up after ${config.max_deliver} tries ("max_deliver"), so they would be lost: name another one, or none`;
  const filters = (config.filter_subjects ?? [config.filter_subject]).filter((filter) => filter !== '');
  const isSame = filters.toSorted().join(' ') === filtersOf(wanted).toSorted().join(' ');
  const hasOwnWait = config.description.startsWith(ours) && config.ack_wait !== wanted.ack_wait * nanoseconds;
  const isAsIs = wanted.consumer !== '' && wanted.subjects.length === 0 && !config.description.startsWith(ours);
  return (isSame || isAsIs) && !hasOwnWait ? undefined : 'changed';
};

/** The last one of each subject is asked for by subjects. */
const filtersOf = ({ subjects, from }: NatsInputConfig): readonly string[] =>
  subjects.length === 0 && from === 'last_per_subject' ? ['>'] : subjects;

/** What may be changed while a consumer is there. */
const changeable = (config: NatsInputConfig): Record<string, unknown> => {
  const filters = filtersOf(config);
  return {
    filter_subject: filters.length === 1 ? filters[0] : undefined,
    filter_subjects: filters.length > 1 ? filters : undefined,
    ack_wait: config.ack_wait * nanoseconds,
  };
};

const begins = ({ from, from_time: time, from_sequence: sequence }: NatsInputConfig): Record<string, unknown> => {
  switch (from) {
    case 'time':
      return { deliver_policy: 'by_start_time', opt_start_time: new Date(time).toISOString() };
    case 'sequence':
      return { deliver_policy: 'by_start_sequence', opt_start_seq: sequence };
    default:
      return { deliver_policy: from };
  }
};

const create = async (line: NatsLine, config: NatsInputConfig, place: ConsumerPlace): Promise<ConsumerInfo> => {
  await write(line, config.domain, place, 'create', {
    ...{ name: place.consumer, durable_name: place.consumer, description: `${ours}: ${mark}` },
    ...{ ack_policy: 'explicit', max_deliver: -1, max_ack_pending: 2 * config.under_way, replay_policy: 'instant' },
    metadata: { [identity]: randomUUID() },
    ...begins(config),
    ...changeable(config),
  });
  return consumerInfo(line, config.domain, place);
};

const write = async (
  line: NatsLine,
  domain: string,
  { stream, consumer }: ConsumerPlace,
  action: 'create' | 'update',
  config: Record<string, unknown>,
): Promise<unknown> =>
  askJetStream(line, {
    ...{ domain, shape: z.unknown(), api: `CONSUMER.CREATE.${stream}.${consumer}` },
    body: { stream_name: stream, config, action },
  });

/** Whether a stream or a consumer is gone. */
export const isGone = (thrown: unknown): boolean =>
  thrown instanceof Refused && (thrown.code === noConsumer || thrown.code === noStream);
