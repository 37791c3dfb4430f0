import type { IConnackPacket } from 'mqtt-packet';
import { parseMessageTemplate } from '../../../component-kit/content/message-template.ts';
import { payloadBytes } from '../../../component-kit/content/payload-bytes.ts';
import type { BrokerLine } from '../../../component-kit/mqtt/broker-line.ts';
import { keepLine, type KeptBroker } from '../../../component-kit/mqtt/keep-line.ts';
import { afterGrace } from '../../../component-kit/network/grace.ts';
import { implement } from '../../../engine/component.ts';
import type { Message } from '../../../engine/message.ts';
import { hideInAddresses } from '../../../engine/without-secrets.ts';
import { type MqttOutputConfig, mqttOutputDefinition } from './mqtt-output.definition.ts';
import { type BrokerLimits, Outbox } from './outbox.ts';
import { topicOf } from './topic-template.ts';

/** So many messages are under way at most, whatever a broker takes. */
const mostUnderWay = 1000;
/** A broker has nothing to send but answers. */
const largestAnswer = 256 * 1024;
/** How long a broker keeps what was under way with QoS 2 when the line breaks, in seconds. */
const keptForSeconds = 3600;

export const mqttOutput = implement(mqttOutputDefinition, ({ config, io }) => {
  const qos = Number(config.qos) as 0 | 1 | 2;
  const shown = hideInAddresses(config.url);
  const topic = topicOf(config.topic);
  const payload = payloadOf(config);
  const write = (message: Message) => ({
    ...{ topic: topic(message), payload: payload(message), retain: config.retained },
  });
  const outbox = new Outbox(write, config.timeout);
  const ending = afterGrace(io.signal);
  const hasWill = config.will_topic !== '';
  const will = { topic: config.will_topic, qos, retain: config.will_retained };
  let broker: KeptBroker | undefined;
  let isKnown = false;

  const greet = (line: BrokerLine): void => {
    if (config.online_payload === '') return;
    line.send({ ...will, cmd: 'publish', qos: 0, dup: false, payload: config.online_payload });
  };
  const begin = (line: BrokerLine, greeting: IConnackPacket): void => {
    // a broker ends the line of whoever asks it to keep what it cannot keep
    if (config.retained && greeting.properties?.retainAvailable === false)
      return io.report('waiting', `${shown} keeps no retained messages: switch "retained" off`);
    const limits = limitsOf(greeting, qos);
    const less = limits.qos < qos ? `, with QoS ${limits.qos}, the most that it takes` : '';
    greet(line);
    io.report('running', `Publishes at ${shown}${less}`);
    outbox.up(line, limits);
  };

  return {
    open() {
      broker = keepLine({
        ...{ settings: config, io, mostBytes: largestAnswer },
        connect: (version) => ({
          // numbers of packets begin anew in each run, so the broker must not know those of the run before
          clean: !(version === 5 && isKnown),
          ...(hasWill && { will: { ...will, payload: Buffer.from(config.will_payload) } }),
          ...(version === 5 && qos === 2 && { properties: { sessionExpiryInterval: keptForSeconds } }),
        }),
        user: {
          up(line, greeting) {
            isKnown = qos === 2;
            begin(line, greeting);
          },
          packet: (packet) => outbox.heard(packet),
          tooLong: () => undefined,
          down: ({ by }) => outbox.down(by !== 'us'),
        },
      });
    },
    in: async (batch) => outbox.deliver(batch, ending),
    close: async () => broker?.close({ withWill: hasWill }),
    facts: () => ({ ...(broker?.facts ?? { connected: false }), under_way: outbox.count }),
  };
});

const payloadOf = ({ format, template }: MqttOutputConfig): ((message: Message) => Buffer) => {
  if (format !== 'template') return payloadBytes(format);
  const { write } = parseMessageTemplate(template);
  return (message) => Buffer.from(write(message));
};

const limitsOf = ({ sessionPresent, properties = {} }: IConnackPacket, qos: 0 | 1 | 2): BrokerLimits => ({
  qos: Math.min(qos, properties.maximumQoS ?? 2) as 0 | 1 | 2,
  window: Math.min(mostUnderWay, properties.receiveMaximum ?? mostUnderWay),
  mostBytes: properties.maximumPacketSize ?? Infinity,
  hasKept: sessionPresent,
});
