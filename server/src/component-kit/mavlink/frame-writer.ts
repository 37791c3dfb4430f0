import { InvalidMessage } from '../../engine/fault.ts';
import { nearest } from '@semstreams/contract';
import { checksum } from './checksum.ts';
import { longestPayload, type MessageDefinition } from './definition.ts';
import { type Encode, encoder, shown, type ValuesOf } from './encode.ts';
import type { Sign } from './signing.ts';

export interface FrameWriterOptions {
  readonly definitions: readonly MessageDefinition[];
  readonly valuesOf: ValuesOf;
  readonly version: 1 | 2;
  /** Who speaks where a payload names nobody. */
  readonly system: number;
  readonly component: number;
  /** Whether frames keep the sequence number of their payload; else those of each system and component are counted here. */
  readonly keepsSequence: boolean;
  readonly sign?: Sign | undefined;
}

/** The frame for a link: each link has sequence numbers of its own, so that each sees what it has lost. */
export type FrameFor = (link: string) => Buffer;

/** So many links and senders are counted; the oldest begins anew. */
const mostCounted = 4096;

interface Known {
  readonly definition: MessageDefinition;
  encode?: Encode;
}

const header1 = 6;
const header2 = 10;
const sumLength = 2;
const mostOfVersion1 = 255;

/** Makes frames of payloads as `mavlink_input` gives them: by the names of the message and its fields. */
export class FrameWriter {
  private readonly known: ReadonlyMap<string, Known>;
  private readonly sequences = new Map<string, number>();
  private readonly payload = new Uint8Array(longestPayload);
  private readonly view = new DataView(this.payload.buffer);

  constructor(private readonly options: FrameWriterOptions) {
    this.known = new Map(options.definitions.map((definition) => [definition.name, { definition }]));
  }

  /** One whole frame. Throws an InvalidMessage that says what cannot be sent, and why. */
  frame(payload: unknown): Buffer {
    return this.prepare(payload)('');
  }

  /** A payload that is ready to be sent over any number of links, until the next one is prepared. Throws as `frame`. */
  prepare(payload: unknown): FrameFor {
    const fields = recordOf(payload);
    const { definition, encode } = this.find(fields['message']);
    const { id, name } = definition;
    if (this.options.version === 1 && id > mostOfVersion1)
      throw new InvalidMessage(`"${name}" has the id ${id}: ids above ${mostOfVersion1} need version 2 of MAVLink`);
    this.payload.fill(0, 0, definition.size);
    encode(fields, this.view, 0);
    if (fields['message_id'] !== undefined && fields['message_id'] !== id)
      throw new InvalidMessage(
        `"message_id" is ${shown(fields['message_id'])}, but "${name}" has the id ${id}: leave it out, or name the other message`,
      );
    if (this.options.version === 1) this.refuseExtensions(definition);
    const system = byteOf(fields, 'system_id', this.options.system);
    const component = byteOf(fields, 'component_id', this.options.component);
    const kept = this.options.keepsSequence ? byteOf(fields, 'sequence', undefined) : undefined;
    return (link) =>
      this.wrap(definition, { system, component, sequence: kept ?? this.next(`${link} ${system}:${component}`) });
  }

  /** Version 1 sends no extensions: only such as are 0, or missing, can be left out without a loss. */
  private refuseExtensions({ name, fields, baseSize, size }: MessageDefinition): void {
    const lost = this.payload.subarray(baseSize, size).findIndex((byte) => byte !== 0);
    if (lost < 0) return;
    const at = baseSize + lost;
    const { key } = fields.findLast(({ offset }) => offset <= at)!;
    throw new InvalidMessage(`"${key}" of ${name} is an extension: extensions other than 0 need version 2 of MAVLink`);
  }

  private find(name: unknown): { readonly definition: MessageDefinition; readonly encode: Encode } {
    if (typeof name !== 'string') throw new InvalidMessage('there is no "message" that names a message of MAVLink');
    const found = this.known.get(name);
    if (found)
      return {
        definition: found.definition,
        encode: (found.encode ??= encoder(found.definition, this.options.valuesOf)),
      };
    const near = nearest(name.slice(0, 80), [...this.known.keys()]);
    throw new InvalidMessage(
      `the dialect has no message "${name.slice(0, 80)}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    );
  }

  private wrap(
    { id, crcExtra, size, baseSize }: MessageDefinition,
    from: { readonly system: number; readonly component: number; readonly sequence: number },
  ): Buffer {
    const { version, sign } = this.options;
    const length = version === 1 ? baseSize : this.truncated(size);
    const header = version === 1 ? header1 : header2;
    const { system, component, sequence } = from;
    const frame = Buffer.allocUnsafe(header + length + sumLength);
    if (version === 1) frame.set([0xfe, length, sequence, system, component, id]);
    else {
      const signed = sign ? 1 : 0;
      frame.set([0xfd, length, signed, 0, sequence, system, component]);
      frame.writeUIntLE(id, 7, 3);
    }
    frame.set(this.payload.subarray(0, length), header);
    frame.writeUInt16LE(checksum(frame, 1, header + length, crcExtra), header + length);
    return sign && version === 2 ? Buffer.concat([frame, sign(frame)]) : frame;
  }

  /** Zeros at the end of a payload are not sent, but for its first byte. */
  private truncated(size: number): number {
    let length = size;
    while (length > 1 && this.payload[length - 1] === 0) length -= 1;
    return length;
  }

  private next(sender: string): number {
    const sequence = this.sequences.get(sender) ?? 0;
    if (sequence === 0 && this.sequences.size >= mostCounted)
      this.sequences.delete(this.sequences.keys().next().value!);
    this.sequences.set(sender, (sequence + 1) & 0xff);
    return sequence;
  }
}

const recordOf = (payload: unknown): Readonly<Record<string, unknown>> => {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    throw new InvalidMessage('it is no object with a "message" of MAVLink');
  return payload as Readonly<Record<string, unknown>>;
};

/** A number of one byte that a payload may name; what it is where it names none. */
function byteOf(fields: Readonly<Record<string, unknown>>, key: string, otherwise: number): number;
function byteOf(
  fields: Readonly<Record<string, unknown>>,
  key: string,
  otherwise: number | undefined,
): number | undefined;
function byteOf(
  fields: Readonly<Record<string, unknown>>,
  key: string,
  otherwise: number | undefined,
): number | undefined {
  const value = fields[key];
  if (value === undefined) return otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xff) return value;
  const why = typeof value === 'string' ? 'it is a text, and a number is wanted: ' : '';
  throw new InvalidMessage(`"${key}" is ${shown(value)}: ${why}it takes a whole number from 0 to 255`);
}
