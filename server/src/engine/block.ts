import { crc32 } from 'node:zlib';
import { type Batch, type Headers, Message, type Position } from './message.ts';
import type { Progress } from './origins.ts';

/** What is known of several messages that are kept together. */
export interface BlockFacts {
  readonly count: number;
  /** How many messages the connection has kept up to the end of this block, this one included. */
  readonly total: number;
  /** The run that has kept it. Within a run no total comes twice; a store that has lost its newest blocks may give one twice. */
  readonly run: string;
}

export interface Block extends BlockFacts {
  readonly messages: Batch;
}

/** What the first line of a block says. */
export interface BlockHead extends BlockFacts {
  /** Number of the last block that was delivered when this one was written: a log may remember what it was told to forget. */
  readonly done: number;
  /** CRC-32 of the rest. */
  readonly checksum: number;
  /** What has been kept with it of each source that its messages were taken from. */
  readonly positions: readonly Position[];
  /** How far the origins have come whose results it holds. */
  readonly progress: readonly Progress[];
}

/** These bytes are no block, or not as they were written. */
export class DamagedBlock extends Error {
  override readonly name = 'DamagedBlock';
}

/**
 * A block is text: a first line `semstreams-block 2 <messages> <total> <done> <CRC-32 of the rest>`, then a line a message,
 * with tabs between source, sequence, time, headers and payload. Sequence and time are in base 36. Left out are a source and a
 * time that are those of the line before, a sequence that is the next one of it, and headers where there are none; a `"` says
 * that they are those of the line before. The payload is JSON on one line, or base64 behind a `=`. Format 1 left out
 * neither times nor sequences, and is read as it is.
 *
 * Behind the CRC of the rest stand `<CRC-32 of these> <run> <positions>`, each position as `<source>:<sequence>`, and where there
 * is progress of origins that as JSON in base64. They
 * came later: where they are missing or damaged the messages are what they are, and nothing is known of their origin.
 */
const firstWord = 'semstreams-block';
const format = 2;
const knownFormats: readonly number[] = [1, 2];
const asBefore = '"';

/** What stands before the messages of a block. */
export interface BlockBefore {
  /** How many messages the connection has kept before, and how many of its blocks are delivered. */
  readonly total: number;
  readonly done: number;
  readonly run?: string;
  readonly positions?: readonly Position[];
  readonly progress?: readonly Progress[];
}

export const encodeBlock = (messages: Batch, before: BlockBefore): Buffer => {
  const { total, done, run = '', positions = [], progress = [] } = before;
  const body = encodeMessages(messages);
  const known = progress.length === 0 ? '' : ` ${Buffer.from(JSON.stringify(progress)).toString('base64url')}`;
  const origin = `${run} ${positions.map(({ source, sequence }) => `${source}:${sequence}`).join(',')}${known}`;
  const words = [firstWord, format, messages.length, total + messages.length, done, crc32(body), crc32(origin), origin];
  return Buffer.concat([Buffer.from(`${words.join(' ')}\n`), body]);
};

/** The messages of a block, a line each. */
export const encodeMessages = (messages: Batch): Buffer => {
  let text = '';
  let [source, next, time] = ['', Number.NaN, Number.NaN];
  // those of one sender have the same ones, as the same object
  let headers: Headers | undefined;
  let [headersInText, headersBefore] = ['', ''];
  for (const message of messages) {
    const { bytes } = message;
    if (message.headers !== headers) [headers, headersInText] = [message.headers, headersText(message.headers)];
    const isOfSource = message.source === source;
    text += isOfSource ? '\t' : `${message.source}\t`;
    text += isOfSource && message.sequence === next ? '\t' : `${message.sequence.toString(36)}\t`;
    text += message.time === time ? '\t' : `${message.time.toString(36)}\t`;
    text += headersInText === headersBefore && headersInText !== '' ? asBefore : headersInText;
    text += bytes ? `\t=${Buffer.from(bytes).toString('base64')}\n` : `\t${onOneLine(message.json)}\n`;
    [source, next, time, headersBefore] = [message.source, message.sequence + 1, message.time, headersInText];
  }
  return Buffer.from(text);
};

/** Throws a DamagedBlock where the bytes are not what `encodeBlock` made. */
export const decodeBlock = (bytes: Uint8Array): Block => {
  const { count, total, run, body } = openBlock(bytes);
  return { messages: decodeMessages(body, count), count, total, run };
};

/** The parts of a block that is as it was written, its messages as they are kept. Throws a DamagedBlock where it is not. */
export const openBlock = (bytes: Uint8Array): BlockHead & { readonly body: Buffer } => {
  const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { start, ...head } = readFirstLine(block);
  const body = block.subarray(start);
  if (crc32(body) !== head.checksum) throw new DamagedBlock('its checksum is wrong');
  return { ...head, body };
};

/** So many messages from their lines. Throws a DamagedBlock where there are more or fewer. */
export const decodeMessages = (body: Buffer, count: number): Batch => {
  const text = body.toString('utf8');
  const messages: Message[] = [];
  let [source, sequence, time] = ['', Number.NaN, Number.NaN];
  let headers = noHeaders;
  for (let at = 0; at < text.length;) {
    const [end1, end2, end3, end4] = tabsFrom(text, at);
    const end = text.indexOf('\n', at);
    // the tabs are there, one behind the other, before the line ends
    if (!(end1 >= 0 && end1 < end2 && end2 < end3 && end3 < end4 && end4 < end)) throw noLine(messages.length);
    if (end1 > at) source = text.slice(at, end1);
    sequence = end2 > end1 + 1 ? Number.parseInt(text.slice(end1 + 1, end2), 36) : sequence + 1;
    if (end3 > end2 + 1) time = Number.parseInt(text.slice(end2 + 1, end3), 36);
    if (end4 === end3 + 1) headers = noHeaders;
    else if (text[end3 + 1] !== asBefore) headers = readHeaders(text.slice(end3 + 1, end4), messages.length);
    if (Number.isNaN(sequence) || Number.isNaN(time)) throw noLine(messages.length);
    const given = { source, sequence, time, headers };
    messages.push(
      text[end4 + 1] === '='
        ? new Message(
            Buffer.from(text.slice(end4 + 2, end), 'base64'),
            time,
            source,
            sequence,
            headers,
            undefined,
            end - end4,
          )
        : Message.fromJson(text.slice(end4 + 1, end), given),
    );
    at = end + 1;
  }
  if (messages.length !== count) throw new DamagedBlock(`it holds ${messages.length} messages instead of ${count}`);
  return messages;
};

/** What the first line says, without a look at the rest. Throws a DamagedBlock where it says nothing. */
export const headOf = (bytes: Uint8Array): BlockHead =>
  readFirstLine(Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, longestFirstLine)));

/** Beside its numbers a first line holds the run and a position for each source: a few, as a rule. */
const longestFirstLine = 64 * 1024;
const noHeaders: Headers = Object.freeze({});

const readFirstLine = (block: Buffer): BlockHead & { readonly start: number } => {
  const start = block.indexOf(0x0a) + 1;
  const [word, version, ...words] = block.toString('latin1', 0, Math.max(0, start - 1)).split(' ');
  if (word !== firstWord) throw new DamagedBlock('it does not begin like a block');
  if (!knownFormats.includes(Number(version)))
    throw new DamagedBlock(`its format is ${version}, and this version knows ${knownFormats.join(' and ')}`);
  const [count, total, done, checksum] = words.map(Number);
  if (![count, total, done, checksum].every(Number.isSafeInteger)) throw new DamagedBlock('its first line is cut');
  return { count: count!, total: total!, done: done!, checksum: checksum!, ...originIn(words.slice(4)), start };
};

const originIn = (words: readonly string[]): Pick<BlockHead, 'run' | 'positions' | 'progress'> => {
  const [checksum, run = '', text = '', known] = words;
  if (words.length < 2 || crc32(words.slice(1).join(' ')) !== Number(checksum))
    return { run: '', positions: [], progress: [] };
  const positions = (text === '' ? [] : text.split(',')).map((each): Position => {
    const colon = each.lastIndexOf(':');
    return { source: each.slice(0, colon), sequence: Number(each.slice(colon + 1)) };
  });
  const progress = known === undefined ? [] : (JSON.parse(Buffer.from(known, 'base64url').toString()) as Progress[]);
  return { run, positions, progress };
};

/** In JSON a line can end between values alone, where a space says the same. */
const onOneLine = (json: string): string => (json.includes('\n') ? json.replaceAll('\n', ' ') : json);

const headersText = (headers: Headers): string => {
  for (const _ in headers) return JSON.stringify(headers);
  return '';
};

const noLine = (before: number): DamagedBlock => new DamagedBlock(`the line of message ${before + 1} is none`);

/** Throws a DamagedBlock where they are not texts by name. */
const readHeaders = (text: string, before: number): Headers => {
  const headers = jsonIn(text);
  const isObject = typeof headers === 'object' && headers !== null && !Array.isArray(headers);
  if (!isObject || !Object.values(headers).every((value) => typeof value === 'string')) throw noLine(before);
  return headers as Headers;
};

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const tabsFrom = (text: string, at: number): [number, number, number, number] => {
  const first = text.indexOf('\t', at);
  const second = text.indexOf('\t', first + 1);
  const third = text.indexOf('\t', second + 1);
  return [first, second, third, text.indexOf('\t', third + 1)];
};
