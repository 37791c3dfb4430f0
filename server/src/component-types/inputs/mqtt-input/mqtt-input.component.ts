import type { IPublishPacket, ISubackPacket, Packet } from 'mqtt-packet';
import { collectPatiently } from '../../../component-kit/sockets/collect-patiently.ts';
import { decoders } from '../../../component-kit/content/decoders.ts';
import type { BrokerLine } from '../../../component-kit/mqtt/broker-line.ts';
import { keepLine, type KeptBroker } from '../../../component-kit/mqtt/keep-line.ts';
import type { LongPublish } from '../../../component-kit/mqtt/packet-reader.ts';
import { matcher } from '../../../component-kit/mqtt/topic.ts';
import { implement } from '../../../engine/component.ts';
import { hideInAddresses } from '../../../engine/without-secrets.ts';
import { Acknowledgements, type Owed } from './acknowledgements.ts';
import { headersOfPublish } from './headers.ts';
import { mqttInputDefinition } from './mqtt-input.definition.ts';
import { grantedBy, subscribe } from './subscriptions.ts';

/** With MQTT 5, so many messages may be under way that are not acknowledged yet. */
const mostUnderWay = 4096;
/** What a packet may hold beside a message: its topic and its properties. */
/** There are no more numbers of packets than these, so that nobody can be owed more answers. */
const mostNumbers = 65_535;
const aroundMessage = 128 * 1024;
const subscribing = 1;
/** In seconds; more is for ever: MQTT 5.0, section 3.1.2.11.2. */
const longestExpiry = 0xffff_ffff;

export const mqttInput = implement(mqttInputDefinition, ({ config, io, emit }) => {
  const qos = Number(config.qos) as 0 | 1 | 2;
  const keepsSession = qos > 0 && config.session_expiry > 0;
  const shown = hideInAddresses(config.url);
  const collection = collectPatiently({ emit, io, mustNotDrop: true });
  const decode = decoders[config.format];
  const headersOf = headersOfPublish();
  const matches = config.topics.map(matcher);
  const acknowledgements = new Acknowledgements(({ messageId, qos: owedFor }) => {
    const line = broker?.line;
    if (!line?.send({ cmd: owedFor === 1 ? 'puback' : 'pubrec', messageId, reasonCode: 0 })) slow();
  });
  let broker: KeptBroker | undefined;
  let isStopping = false;
  let isWaiting = false;
  let hasSubscribed = false;
  let unanswered: NodeJS.Timeout | undefined;
  let askAgain: NodeJS.Timeout | undefined;
  let asked: readonly string[] = [];

  /** Reads no more until there is room, here and on the way back. */
  const slow = (): void => {
    const line = broker?.line;
    if (isWaiting || !line) return;
    isWaiting = true;
    line.pause();
    const answered = new Promise<void>((resolve) => line.drained(resolve));
    void answered.then(() => goOn(line));
  };
  const waitForRoom = (line: BrokerLine): void => {
    if (isWaiting) return;
    isWaiting = true;
    line.pause();
    void collection.room().then(() => goOn(line));
  };
  const goOn = (line: BrokerLine): void => {
    if (line !== broker?.line) return;
    isWaiting = false;
    if (!isStopping) line.resume();
  };

  const owedFor = ({
    qos: level,
    messageId,
  }: Pick<IPublishPacket, 'qos' | 'messageId'>): Owed | 'nothing' | 'known' => {
    if (level === 0 || messageId === undefined) return 'nothing';
    if (acknowledgements.owed > mostNumbers) broker?.line?.cut('it sent more at once than there are numbers for');
    return acknowledgements.came(messageId, level) ?? 'known';
  };
  const settle = (owed: Owed | 'nothing'): void => {
    if (owed !== 'nothing') acknowledgements.safe(owed);
  };
  const leaveOut = (reason: string, owed: Owed | 'nothing'): void => {
    io.drop(reason);
    settle(owed);
  };

  /** Everything that one payload holds is safe before it is acknowledged. */
  const takePayload = (packet: IPublishPacket, owed: Owed | 'nothing'): void => {
    const payload = packet.payload as Buffer;
    const headers = headersOf(packet);
    let open = 1;
    const partIsSafe = (): void => {
      open -= 1;
      if (open === 0) settle(owed);
    };
    for (const decoded of decode(payload, packet.topic)) {
      open += 1;
      if (!('invalid' in decoded)) collection.push(io.message(decoded.payload, { ...decoded, headers }), partIsSafe);
      else if (owed === 'nothing') io.invalid(decoded.invalid, payload);
      else io.keepInvalid(decoded.invalid, payload).then(partIsSafe, io.fail);
    }
    partIsSafe();
  };
  const take = (packet: IPublishPacket): void => {
    const owed = owedFor(packet);
    if (owed === 'known') return;
    if (packet.retain && config.retained === 'leave_out') return leaveOut('retained', owed);
    if (!matches.some((isMatch) => isMatch(packet.topic))) return leaveOut('other_topic', owed);
    if (packet.payload.length === 0) return leaveOut('empty', owed);
    if (packet.payload.length > config.max_message) return leaveOut('too_long', owed);
    takePayload(packet, owed);
    const line = broker?.line;
    if (line && collection.isFull) waitForRoom(line);
  };
  const tooLong = ({ qos: level, messageId }: LongPublish): void => {
    const owed = owedFor({ qos: level as 0 | 1 | 2, ...(messageId !== undefined && { messageId }) });
    if (owed !== 'known') leaveOut('too_long', owed);
  };

  const ask = (line: BrokerLine, filters: readonly string[]): void => {
    asked = filters;
    subscribe(line, { filters, qos, retained: config.retained, messageId: subscribing });
    unanswered = setTimeout(() => line.cut('it does not answer to a subscription'), config.timeout);
  };
  const subscribed = (packet: ISubackPacket): void => {
    clearTimeout(unanswered);
    const line = broker?.line;
    const granted = grantedBy(packet, asked);
    const [first] = granted.refused;
    hasSubscribed = granted.refused.size === 0;
    if (first === undefined) return io.report('running', sentenceOfGrant(granted.qos));
    const more = granted.refused.size > 1 ? `, and ${granted.refused.size - 1} more` : '';
    io.report('waiting', `${shown} refuses the subscription to "${first[0]}"${more}: ${first[1]}`);
    askAgain = setTimeout(() => line && ask(line, [...granted.refused.keys()]), config.longest_wait);
  };
  const sentenceOfGrant = (granted = 0): string =>
    granted < qos ? `Subscribed at ${shown}, with QoS ${granted}, the most that it grants` : `Subscribed at ${shown}`;

  const heard = (packet: Packet): void => {
    if (packet.cmd === 'publish') {
      if (!isStopping) take(packet);
    } else if (packet.cmd === 'pubrel') {
      acknowledgements.released(packet.messageId!);
      broker?.line?.send({ cmd: 'pubcomp', messageId: packet.messageId!, reasonCode: 0 });
    } else if (packet.cmd === 'suback') subscribed(packet);
  };

  return {
    open() {
      broker = keepLine({
        settings: config,
        io,
        mostBytes: config.max_message + aroundMessage,
        connect: (version) => ({
          clean: !keepsSession,
          ...(version === 5 && {
            properties: {
              receiveMaximum: mostUnderWay,
              ...(keepsSession && {
                sessionExpiryInterval: Math.min(longestExpiry, Math.ceil(config.session_expiry / 1000)),
              }),
            },
          }),
        }),
        user: {
          up(line, { sessionPresent }) {
            isWaiting = false;
            if (!sessionPresent) acknowledgements.sessionEnded();
            if (sessionPresent && hasSubscribed) io.report('running', `Subscribed at ${shown}`);
            else ask(line, config.topics);
          },
          packet: heard,
          tooLong,
          down() {
            clearTimeout(unanswered);
            clearTimeout(askAgain);
            acknowledgements.lineEnded();
          },
        },
      });
    },
    async close() {
      isStopping = true;
      broker?.line?.pause();
      await collection.drained();
      await broker?.close();
    },
    facts: () => broker?.facts ?? { connected: false },
  };
});
