import { readJson } from './exact-number.ts';
import { jsonOf } from './json-text.ts';

export type Headers = Readonly<Record<string, string>>;
export type Batch = readonly Message[];

const noHeaders: Headers = Object.freeze({});

/**
 * Where a message stands in what it was taken from: a far side that numbers what it sends, in rising order, may send it
 * again. What a guaranteed connection has kept of a source already, it does not keep a second time.
 */
export interface Position {
  /** Unique among all sources of all instances. Without spaces, commas and colons. */
  readonly source: string;
  readonly sequence: number;
  /** Whether more was made of it than this message, which come behind it. */
  readonly isPart?: boolean;
}

/** What a payload of unknown size counts for, in bytes. */
const usualSize = 512;

/** Stands for a payload whose text nobody has parsed yet. */
const unparsed = Symbol('unparsed');

/**
 * One message. Immutable, so that fan-out copies nothing: a component that changes the payload makes a new one by `with`
 * and leaves the old payload as it is.
 */
export class Message<Payload = unknown> {
  /**
   * @param value the payload: any JSON value, or a `Uint8Array` on ports of kind `bytes`
   * @param time when it came in, in milliseconds since 1970
   * @param source what the id starts with: the input that made it, and that input's start
   * @param sequence number of the message within its source
   * @param text the payload as JSON on one line, where it is known already
   * @param size about how many bytes the payload takes: the length of its text, and what steps have added since
   * @param position where it stands in what it was taken from, until it is kept; kept by `with`
   */
  constructor(
    private value: Payload | typeof unparsed,
    readonly time: number,
    readonly source: string,
    readonly sequence: number,
    readonly headers: Headers = noHeaders,
    private text: string | undefined = undefined,
    readonly size: number = text === undefined ? usualSize : text.length,
    readonly position: Position | undefined = undefined,
  ) {}

  /** A message of which only the text is known, such as one that was kept on disk; parsed when somebody looks at the payload. */
  static fromJson(
    text: string,
    given: Pick<Message, 'time' | 'source' | 'sequence' | 'headers'> & { readonly position?: Position | undefined },
  ): Message {
    const { time, source, sequence, headers, position } = given;
    return new Message<unknown>(unparsed, time, source, sequence, headers, text, text.length, position);
  }

  /** Any JSON value, or a `Uint8Array` on ports of kind `bytes`. */
  get payload(): Payload {
    if (this.value === unparsed) this.value = readJson(this.text!) as Payload;
    return this.value as Payload;
  }

  /** Unique among all messages of all instances; kept by `with`. */
  get id(): string {
    return `${this.source}-${this.sequence.toString(36)}`;
  }

  /**
   * The payload as JSON on one line; made once, and never where the text it came from can be kept. Throws an
   * InvalidMessage where JSON cannot say what it holds.
   */
  get json(): string {
    return (this.text ??= jsonOf(this.payload));
  }

  /** The payload where it is bytes. Never parses. */
  get bytes(): Uint8Array | undefined {
    return this.value instanceof Uint8Array ? this.value : undefined;
  }

  /** The same message with another payload, which takes so many bytes more. */
  with<Other>(payload: Other, grown = 0): Message<Other> {
    const { time, source, sequence, headers, size, position } = this;
    return new Message(payload, time, source, sequence, headers, undefined, size + grown, position);
  }

  /** The same message as one that was taken from there. */
  at(position: Position): Message<Payload> {
    const { value, time, source, sequence, headers, text, size } = this;
    return new Message(value as Payload, time, source, sequence, headers, text, size, position);
  }

  /** The same message with other headers. */
  withHeaders(headers: Headers): Message<Payload> {
    const { value, time, source, sequence, text, size, position } = this;
    return new Message(value as Payload, time, source, sequence, headers, text, size, position);
  }

  /** The same message as its text alone where that is known, which takes less memory than what was parsed from it. */
  asText(): Message {
    return this.text === undefined ? this : Message.fromJson(this.text, this);
  }
}
