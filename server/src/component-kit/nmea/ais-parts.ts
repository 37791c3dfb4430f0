import type { Sentence } from './sentence.ts';

/** A message of AIS whose sentences have all come. */
export interface Whole {
  readonly characters: string;
  readonly fill: number;
  readonly channel: string;
  /** The first of its sentences that has one. */
  readonly tag: Sentence['tag'];
  readonly behind: string;
  readonly sentences: readonly string[];
}

export type Lost = 'parts_missing' | 'too_many_parts';

/** A message waits for the rest of its sentences for so long, in milliseconds: they come one behind the other. */
const longestWaitMs = 10_000;
/** So many messages may be begun at once on one line, and so many characters wait: then the oldest is given up. */
const mostBegun = 32;
const mostCharacters = 32 * 1024;

interface Begun {
  readonly total: number;
  readonly at: number;
  readonly parts: (Sentence | undefined)[];
}

/** Puts together messages of AIS that come in several sentences, one line at a time. */
export class AisParts {
  private readonly begun = new Map<string, Begun>();
  private waiting = 0;

  /** `lost` is told of messages that were given up, once for each. */
  constructor(private readonly lost: (why: Lost) => void) {}

  /**
   * Takes a sentence `AIVDM` or the like: total, number, sequence, channel, characters, fill bits. Returns the message where it
   * is whole, a sentence about what is wrong, or undefined where more is to come.
   */
  take(sentence: Sentence, now: number): Whole | { readonly invalid: string } | undefined {
    const [totalText = '', numberText = '', sequence = '', channel = ''] = sentence.fields;
    const [total, number] = [digitOf(totalText), digitOf(numberText)];
    if (total === 0 || number === 0 || number > total)
      return { invalid: `it says to be part "${numberText}" of "${totalText}"` };
    if (fillOf(sentence) < 0) return { invalid: `it says to have "${sentence.fields[5]}" bits that mean nothing` };
    if (total === 1) return wholeOf([sentence]);
    if (number < total && fillOf(sentence) > 0)
      return { invalid: 'only the last part may have bits that mean nothing' };
    this.forget(now);
    const key = this.keyOf(`${sentence.address} ${sequence} `, channel);
    const begun = this.begunBy(key, total, { number, now });
    begun.parts[number - 1] = sentence;
    this.waiting += sentence.text.length;
    if (begun.parts.every((part) => part !== undefined)) {
      this.drop(key, begun);
      return wholeOf(begun.parts);
    }
    while (this.begun.size > mostBegun || this.waiting > mostCharacters) this.giveUpOldest('too_many_parts');
    return undefined;
  }

  get isEmpty(): boolean {
    return this.begun.size === 0;
  }

  /** What waits for more. */
  get sentences(): readonly string[] {
    return [...this.begun.values()].flatMap(({ parts }) => parts.flatMap((part) => (part ? [part.text] : [])));
  }

  /** Nothing more comes. */
  end(): void {
    while (this.begun.size > 0) this.giveUpOldest('parts_missing');
  }

  /** Some name the channel in the first part alone. */
  private keyOf(message: string, channel: string): string {
    if (channel !== '') return `${message}${channel}`;
    return [...this.begun.keys()].find((key) => key.startsWith(message)) ?? message;
  }

  /** What was begun under this key; anew where this part was there before, or belongs to another message. */
  private begunBy(key: string, total: number, { number, now }: { number: number; now: number }): Begun {
    const known = this.begun.get(key);
    if (known && known.total === total && known.parts[number - 1] === undefined) return known;
    if (known) {
      this.drop(key, known);
      this.lost('parts_missing');
    }
    const begun = { total, at: now, parts: Array<undefined>(total).fill(undefined) };
    this.begun.set(key, begun);
    return begun;
  }

  private forget(now: number): void {
    for (const { at } of this.begun.values()) {
      // the clock may have been set back meanwhile
      if (Math.abs(now - at) <= longestWaitMs) return;
      this.giveUpOldest('parts_missing');
    }
  }

  private giveUpOldest(why: Lost): void {
    const [key, begun] = this.begun.entries().next().value!;
    this.drop(key, begun);
    this.lost(why);
  }

  private drop(key: string, { parts }: Begun): void {
    this.begun.delete(key);
    for (const part of parts) this.waiting -= part?.text.length ?? 0;
  }
}

const digitOf = (text: string): number => (/^[1-9]$/.test(text) ? Number(text) : 0);

/** Some leave it out where there are none. */
const fillOf = ({ fields }: Sentence): number => {
  const fill = fields[5] ?? '';
  if (fill === '') return 0;
  return /^[0-5]$/.test(fill) ? Number(fill) : -1;
};

const wholeOf = (parts: readonly (Sentence | undefined)[]): Whole => {
  const all = parts.filter((part) => part !== undefined);
  const last = all.at(-1)!;
  return {
    characters: all.map(({ fields }) => fields[4] ?? '').join(''),
    fill: fillOf(last),
    channel: all[0]!.fields[3] ?? '',
    tag: all.find(({ tag }) => tag)?.tag,
    behind: last.behind,
    sentences: all.map(({ text }) => text),
  };
};
