import type { ISubackPacket } from 'mqtt-packet';
import { refusalOf } from '../../../component-kit/mqtt/answers.ts';
import type { BrokerLine } from '../../../component-kit/mqtt/broker-line.ts';

/** What a broker has granted. */
export interface Granted {
  /** Filters that it refused, each with why. */
  readonly refused: ReadonlyMap<string, string>;
  /** The lowest quality that it promises for the others; undefined where it promises none. */
  readonly qos: number | undefined;
}

/** From this code on an answer is a refusal. */
const firstRefusal = 0x80;
/**
 * With MQTT 5: retained messages are sent only where the subscription is new, or never. A message carries the mark only where it
 * was kept, as in 3.1.1, and not because it is to be kept (`rap`).
 */
const retainHandling = { take: 1, leave_out: 2 } as const;

export const subscribe = (
  line: BrokerLine,
  given: {
    readonly filters: readonly string[];
    readonly qos: 0 | 1 | 2;
    readonly retained: keyof typeof retainHandling;
    readonly messageId: number;
  },
): void => {
  const { filters, qos, retained, messageId } = given;
  const options = line.version === 5 ? { rap: false, rh: retainHandling[retained] } : {};
  line.send({ cmd: 'subscribe', messageId, subscriptions: filters.map((topic) => ({ topic, qos, ...options })) });
};

export const grantedBy = ({ granted, properties }: ISubackPacket, filters: readonly string[]): Granted => {
  const codes = filters.map((filter, index) => [filter, Number(granted[index] ?? firstRefusal)] as const);
  const levels = codes.map(([, code]) => code).filter((code) => code < firstRefusal);
  return {
    refused: new Map(
      codes.filter(([, code]) => code >= firstRefusal).map(([filter, code]) => [filter, refusalOf(code, properties)]),
    ),
    qos: levels.length === 0 ? undefined : Math.min(...levels),
  };
};
