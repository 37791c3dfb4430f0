import type { IPublishPacket } from 'mqtt-packet';
import { refusalOf } from '../../../component-kit/mqtt/answers.ts';
import { InvalidMessage, TransientFault } from '../../../engine/fault.ts';
import type { Message } from '../../../engine/message.ts';

/**
 * A message on its way. `fresh`: to be published; `published`: its answer is awaited; `received`: with QoS 2 the broker has it, and
 * has to let its number go.
 */
export interface Parcel {
  /** Its place in the batch. */
  readonly at: number;
  readonly message: Message;
  state: 'fresh' | 'published' | 'received';
  messageId: number;
  /** Whether it was under way when the broker ended a line soon after: then it may be why. */
  isSuspect: boolean;
  /** How many lines the broker has ended when this alone was under way. */
  broken: number;
}

/** What is published of a message. */
export type Published = Pick<IPublishPacket, 'topic' | 'retain'> & { readonly payload: Buffer };

/** A message with which so many lines ended is what they end for. */
export const mostBroken = 5;
/** How often a message is tried that the broker refuses for a reason of its own. */
const mostTries = 10;

/** Codes that say something against the message: not allowed, no good topic, no good payload. MQTT 5.0, section 3.4.2.1. */
const forGood: ReadonlySet<number> = new Set([0x87, 0x90, 0x99]);
/** Codes without a word about why. */
const unsaid: ReadonlySet<number> = new Set([0x80, 0x83]);

/** What a refusal of a single message means. */
export const refusedMessage = (
  code: number,
  properties: Parameters<typeof refusalOf>[1],
): InvalidMessage | TransientFault => {
  const sentence = `the broker refuses it: ${refusalOf(code, properties)}`;
  if (forGood.has(code)) return new InvalidMessage(sentence);
  return new TransientFault(sentence, unsaid.has(code) ? { tries: mostTries } : {});
};

/** Why a message is not tried on another line; undefined where it is. */
export const brokenTooOften = ({ broken }: Parcel): InvalidMessage | undefined =>
  broken < mostBroken
    ? undefined
    : new InvalidMessage(
        `the broker ended the line each of the ${mostBroken} times that it was published: it may be too large, or its topic not allowed`,
      );

/** Why a broker of MQTT 5 would not take a message for its size; undefined where it does. */
export const tooLarge = ({ topic, payload }: Published, mostBytes: number): InvalidMessage | undefined => {
  // its number, an empty list of properties, and two bytes for the length of the topic
  const length = Buffer.byteLength(topic) + payload.length + 5;
  const bytes = 1 + lengthBytes(length) + length;
  return bytes <= mostBytes
    ? undefined
    : new InvalidMessage(`it has ${bytes} bytes with its topic, and the broker takes ${mostBytes} at most`);
};

/** In how many bytes a length is written: MQTT 5.0, section 1.5.5. */
const lengthBytes = (length: number): number => {
  if (length < 128) return 1;
  if (length < 128 ** 2) return 2;
  return length < 128 ** 3 ? 3 : 4;
};
