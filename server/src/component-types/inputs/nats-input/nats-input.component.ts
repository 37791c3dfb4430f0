import { decoders } from '../../../component-kit/content/decoders.ts';
import { readHeaders } from '../../../component-kit/nats/headers.ts';
import { keepLine, type KeptNats } from '../../../component-kit/nats/keep-line.ts';
import type { NatsLine } from '../../../component-kit/nats/nats-line.ts';
import type { LongMessage, NatsMessage } from '../../../component-kit/nats/protocol-reader.ts';
import { sentenceOfViolation, type Violation } from '../../../component-kit/nats/refusals.ts';
import { isMeant } from '../../../component-kit/nats/subject.ts';
import { collectPatiently } from '../../../component-kit/sockets/collect-patiently.ts';
import { whoIs } from '../../../component-kit/link/who.ts';
import { implement } from '../../../engine/component.ts';
import type { Headers } from '../../../engine/message.ts';
import type { Delivery } from './delivery.ts';
import { natsInputDefinition } from './nats-input.definition.ts';
import { StreamReader } from './stream-reader.ts';

/** What a message may have beside its payload: its headers. */
const aroundMessage = 64 * 1024;
/** Numbers of subscriptions begin behind that for answers. */
const firstSid = 2;

export const natsInput = implement(natsInputDefinition, ({ config, io, emit }) => {
  const collection = collectPatiently({ emit, io, largest: config.max_message, mustNotDrop: config.jetstream });
  const decode = decoders[config.format];
  const filters = config.subjects;
  let nats: KeptNats | undefined;
  let isStopping = false;
  let askAgain: NodeJS.Timeout | undefined;

  const headersOf = (head: Buffer | undefined, own: Headers): Headers =>
    head ? { ...readHeaders(head).headers, ...own } : own;

  const takePlain = (message: NatsMessage): void => {
    const { subject, head, payload } = message;
    if (!isMeant(subject, filters)) return io.drop('internal');
    if (payload.length === 0) return io.drop('empty');
    const headers = headersOf(head, { subject });
    for (const decoded of decode(payload, subject)) {
      if ('invalid' in decoded) io.invalid(decoded.invalid, payload);
      else collection.push(io.message(decoded.payload, { ...decoded, headers }));
    }
  };

  /** Everything that one payload holds is safe before it is acknowledged. */
  const takeStored = (delivery: Delivery, source: string | undefined, settle: () => void): void => {
    const { subject, head, payload, sequence } = delivery;
    const leaveOut = (reason: string): void => {
      io.drop(reason);
      settle();
    };
    if (payload === undefined || payload.length > config.max_message) return leaveOut('too_long');
    if (payload.length === 0) return leaveOut('empty');
    const headers = headersOf(head, { subject, sequence: String(sequence) });
    const parts = [...decode(payload, subject)];
    const lastGood = parts.findLastIndex((decoded) => !('invalid' in decoded));
    let open = parts.length + 1;
    const partIsSafe = (): void => {
      open -= 1;
      if (open === 0) settle();
    };
    for (const [index, decoded] of parts.entries()) {
      if ('invalid' in decoded) io.keepInvalid(decoded.invalid, payload).then(partIsSafe, io.fail);
      else {
        const message = io.message(decoded.payload, { ...decoded, headers });
        const position = source !== undefined && { source, sequence, ...(index < lastGood && { isPart: true }) };
        collection.push(position ? message.at(position) : message, partIsSafe);
      }
    }
    partIsSafe();
  };

  const reader = config.jetstream
    ? new StreamReader({
        config,
        usualName: whoIs(io).name.replace(/[^\w-]+/g, '-'),
        take: takeStored,
        report: (state, sentence) => io.report(state, sentenceAt(sentence, state)),
        drained: () => collection.drained(),
      })
    : undefined;
  const sentenceAt = (sentence: string, state: 'running' | 'waiting'): string =>
    state === 'running' ? `${sentence} at ${nats?.shown ?? 'NATS'}` : `${nats?.shown ?? 'NATS'}: ${sentence}`;

  const subscribe = (line: NatsLine): void => {
    const group = config.queue === '' ? '' : ` ${config.queue}`;
    line.send(filters.map((filter, at) => `SUB ${filter}${group} ${firstSid + at}\r\n`).join(''));
    let isRefused = false;
    refused = () => (isRefused = true);
    line.flush().then(
      () => isRefused || io.report('running', sentenceAt('Subscribed', 'running')),
      () => undefined,
    );
  };
  let refused: (() => void) | undefined;

  /** What is refused now may be granted later. */
  const violation = (violated: Violation): void => {
    refused?.();
    const { line } = nats ?? {};
    io.report('waiting', sentenceAt(sentenceOfViolation(violated), 'waiting'));
    if (!line || askAgain) return;
    askAgain = setTimeout(() => {
      askAgain = undefined;
      // a line of its own, so that nothing is subscribed to twice
      if (line === nats?.line) line.cut(`${sentenceOfViolation(violated)}`);
    }, config.longest_wait);
  };

  const take = (message: NatsMessage | LongMessage): void => {
    if (reader) reader.message(message);
    else if (isStopping) return;
    else if ('payload' in message) takePlain(message);
    else io.drop('too_long');
  };

  return {
    open() {
      nats = keepLine({
        ...{ settings: config, io, mostBytes: config.max_message + aroundMessage },
        user: {
          up: (line) => (reader ? reader.up(line) : subscribe(line)),
          message: take,
          tooLong: take,
          violation,
          down() {
            clearTimeout(askAgain);
            askAgain = undefined;
            reader?.down();
          },
        },
      });
    },
    async close() {
      isStopping = true;
      await reader?.stop();
      await collection.drained();
      await reader?.end();
      clearTimeout(askAgain);
      await nats?.close();
    },
    facts: () => ({ ...(nats?.facts ?? { connected: false }), ...(reader && { behind: reader.behind }) }),
  };
});
