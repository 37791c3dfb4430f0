import { writeHeaders } from '../../../component-kit/nats/headers.ts';
import type { ServerInfo } from '../../../component-kit/nats/open-socket.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import type { Headers, Message } from '../../../engine/message.ts';

/** A message on its way. */
export interface Parcel {
  /** Its place in the batch. */
  readonly at: number;
  readonly subject: string;
  readonly head: string;
  readonly payload: Buffer;
}

/** By these a stream is told what to do, such as to throw away what it has: no message of somebody else says that. */
const ofServer = /^nats-/i;

/** How the messages of an output are written. Each function throws an InvalidMessage where there is none. */
export interface Writing {
  readonly subject: (message: Message) => string;
  readonly payload: (message: Message) => Buffer;
  /** Where a stream keeps it, its id there. */
  readonly id: ((message: Message) => string) | undefined;
}

export const parcelOf = (message: Message, at: number, { subject, payload, id }: Writing): Parcel => ({
  ...{ at, subject: subject(message), payload: payload(message) },
  head: writeHeaders({ ...(id && { 'Nats-Msg-Id': id(message) }), ...withoutOurs(message.headers) }),
});

const withoutOurs = (headers: Headers): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !ofServer.test(name)));

/** What goes over the line, with the subject that the answer comes to. Throws an InvalidMessage where it is too large. */
export const bytesOf = ({ subject, head, payload }: Parcel, info: ServerInfo, reply = ''): Buffer => {
  const headBytes = info.headers ? Buffer.byteLength(head) : 0;
  const total = headBytes + payload.length;
  if (total > info.max_payload)
    throw new InvalidMessage(
      `it has ${total} bytes with its headers, and the server takes ${info.max_payload} at most: raise its "max_payload", or send less`,
    );
  const to = reply === '' ? subject : `${subject} ${reply}`;
  const first = headBytes > 0 ? `HPUB ${to} ${headBytes} ${total}\r\n${head}` : `PUB ${to} ${total}\r\n`;
  return Buffer.concat([Buffer.from(first), payload, lineEnd]);
};
const lineEnd = Buffer.from('\r\n');
