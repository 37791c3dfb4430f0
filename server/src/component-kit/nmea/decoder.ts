import { AisParts, type Lost } from './ais-parts.ts';
import { LineCutter } from './line-cutter.ts';
import { readAis } from './read-ais.ts';
import { namesIn, type Payload, readSentence, type SentenceNames } from './read-sentence.ts';
import { receiverIn } from './receiver.ts';
import { type Refusal, type Sentence, sentencesIn } from './sentence.ts';
import { SentenceClock } from './sentence-clock.ts';

export interface DecoderOptions {
  /** Types of sentences that are wanted, such as `RMC`; all where there is none. */
  readonly sentences: readonly string[];
  readonly needsChecksum: boolean;
  /** Something was counted out. */
  readonly refused: (reason: Refusal | Lost | 'too_long' | 'no_checksum') => void;
  /** A sentence came undamaged and is none all the same. */
  readonly invalid: (sentence: string, line: string) => void;
}

/**
 * Takes what a sentence says, or a message of AIS, and when that was by its own words, or by those that the same line said last,
 * in milliseconds since 1970.
 */
export type Take = (payload: Payload, recordedMs: number | undefined) => void;

export interface Totals {
  sentences: number;
  ais_messages: number;
  unknown_ais_messages: number;
}

/** Sentences that carry messages of AIS: of others, and of the own ship. */
const ofAis: ReadonlySet<string> = new Set(['VDM', 'VDO']);

/** Reads NMEA 0183 and AIS from lines of bytes. */
export class Decoder {
  readonly totals: Totals = { sentences: 0, ais_messages: 0, unknown_ais_messages: 0 };

  constructor(readonly options: DecoderOptions) {}

  /** A line for each sender: what one has begun another does not end. */
  line(take: Take): DecoderLine {
    return new DecoderLine(this, take);
  }
}

export class DecoderLine {
  private readonly cutter: LineCutter;
  private readonly parts: AisParts;
  private readonly clock = new SentenceClock();

  constructor(
    private readonly decoder: Decoder,
    private readonly take: Take,
  ) {
    const { refused } = decoder.options;
    this.cutter = new LineCutter(() => refused('too_long'));
    this.parts = new AisParts(refused);
  }

  /** Whether something has begun that what comes next may end. */
  get isPending(): boolean {
    return this.cutter.begun !== '' || !this.parts.isEmpty;
  }

  /** What has begun: pushed into another line, it is begun there. */
  get rest(): Buffer {
    return Buffer.from(this.parts.sentences.map((text) => `${text}\n`).join('') + this.cutter.begun, 'latin1');
  }

  /** Bytes as they came, cut anywhere; `now` is when, in milliseconds. */
  push(chunk: Buffer, now: number): void {
    for (const text of this.cutter.push(chunk)) this.read(text, now);
  }

  /** A packet is at its end. */
  pause(now: number): void {
    for (const text of this.cutter.pause()) this.read(text, now);
  }

  /** Nothing more comes. */
  finish(now: number): void {
    for (const text of this.cutter.finish()) this.read(text, now);
    this.parts.end();
  }

  private read(line: string, now: number): void {
    const { options } = this.decoder;
    for (const found of sentencesIn(line, options.needsChecksum)) {
      if ('refused' in found) options.refused(found.refused);
      else if ('unchecked' in found) options.refused('no_checksum');
      else this.takeSentence(found.sentence, now);
    }
  }

  private takeSentence(sentence: Sentence, now: number): void {
    const { options, totals } = this.decoder;
    const names = namesIn(sentence.address);
    totals.sentences += 1;
    if (ofAis.has(names.sentence)) {
      if (isWanted(options, names.sentence)) this.takeAis(sentence, names, now);
      return;
    }
    const payload = readSentence(sentence, names);
    // the time of one that nobody wants is that of others, too
    const time = this.clock.timeOf(payload);
    if (!isWanted(options, names.sentence)) return;
    if (time !== undefined) payload['time'] = new Date(time).toISOString();
    if (sentence.tag) payload['tag'] = sentence.tag;
    this.take(payload, time ?? msOf(sentence.tag?.time) ?? this.clock.last);
  }

  private takeAis(sentence: Sentence, names: SentenceNames, now: number): void {
    const { options, totals } = this.decoder;
    const whole = this.parts.take(sentence, now);
    if (!whole) return;
    if ('invalid' in whole) return options.invalid(whole.invalid, sentence.text);
    const payload: Record<string, unknown> = { ...names };
    if (whole.channel !== '') payload['channel'] = whole.channel;
    const read = readAis(whole.characters, whole.fill, payload);
    if ('invalid' in read) return options.invalid(read.invalid, whole.sentences.join('\n'));
    totals.ais_messages += 1;
    if (!read.isKnown) totals.unknown_ais_messages += 1;
    const tag = whole.tag ?? receiverIn(whole.behind);
    if (tag) payload['tag'] = tag;
    this.take(payload, msOf(tag?.time) ?? this.clock.last);
  }
}

const isWanted = ({ sentences }: DecoderOptions, type: string): boolean =>
  sentences.length === 0 || sentences.includes(type);

const msOf = (time: string | undefined): number | undefined => (time === undefined ? undefined : Date.parse(time));
