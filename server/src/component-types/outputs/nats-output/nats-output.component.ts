import { parseMessageTemplate } from '../../../component-kit/content/message-template.ts';
import { payloadBytes } from '../../../component-kit/content/payload-bytes.ts';
import { keepLine, type KeptNats } from '../../../component-kit/nats/keep-line.ts';
import { sentenceOfViolation } from '../../../component-kit/nats/refusals.ts';
import { afterGrace } from '../../../component-kit/network/grace.ts';
import { implement } from '../../../engine/component.ts';
import type { Message } from '../../../engine/message.ts';
import { messageIds } from './message-ids.ts';
import { type NatsOutputConfig, natsOutputDefinition } from './nats-output.definition.ts';
import { Outbox } from './outbox.ts';
import { subjectTemplate } from './subject-template.ts';

/** A server has nothing to send but answers. */
const largestAnswer = 256 * 1024;

export const natsOutput = implement(natsOutputDefinition, ({ config, io }) => {
  const { jetstream: isKept, timeout: timeoutMs } = config;
  const subject = subjectTemplate(config.subject);
  const run = `${io.instance.slice(0, 8)}-${io.now().toString(36)}`;
  const outbox = new Outbox({
    writing: {
      subject: subject.of,
      payload: payloadOf(config),
      id: isKept ? messageIds(`${io.flow}.${io.component}`, run) : undefined,
    },
    ...{ isKept, timeoutMs, isFixed: subject.isFixed },
  });
  const ending = afterGrace(io.signal);
  let nats: KeptNats | undefined;

  return {
    open() {
      nats = keepLine({
        settings: { ...config, domain: '' },
        ...{ io, mostBytes: largestAnswer },
        user: {
          up(line) {
            io.report('running', `Publishes at ${nats?.shown ?? 'NATS'}`);
            outbox.up(line);
          },
          message: (message) => outbox.heard(message),
          tooLong: () => undefined,
          violation(violation) {
            if (violation.what === 'subscribe')
              io.report('waiting', `${sentenceOfViolation(violation)}, or name another "inbox_prefix"`);
            outbox.violation(violation);
          },
          down: () => outbox.down(),
        },
      });
    },
    in: async (batch) => outbox.deliver(batch, ending),
    close: async () => nats?.close(),
    facts: () => ({
      ...(nats?.facts ?? { connected: false }),
      under_way: outbox.count,
      ...(isKept && { repeated: outbox.repeated }),
    }),
  };
});

const payloadOf = ({ format, template }: NatsOutputConfig): ((message: Message) => Buffer) => {
  if (format !== 'template') return payloadBytes(format);
  const { write } = parseMessageTemplate(template);
  return (message) => Buffer.from(write(message));
};
