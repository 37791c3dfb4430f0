const [quote, backslash] = [0x22, 0x5c];
const isOpening = (code: number): boolean => code === 0x7b || code === 0x5b;
const isClosing = (code: number): boolean => code === 0x7d || code === 0x5d;
/** What may stand between two texts: white space, NUL, record separators, byte order marks. */
const isBetween = (code: number): boolean => code <= 0x20 || code === 0xfeff;

export interface JsonTextOptions {
  /** Characters of the longest text that is taken. */
  readonly longest: number;
  readonly tooLong: () => void;
  /** Whether the elements of a list are texts of their own. */
  readonly splitsLists: boolean;
  /** Bytes of a piece as they stand in the source; UTF-8 unless it is given. */
  readonly bytesOf?: (text: string) => number;
}

/**
 * Cuts characters into JSON texts, however they are written: one after the other without anything between them, over several
 * lines, with record separators, and the elements of one list. What is no JSON comes out as a text, too, up to the end of
 * its line.
 */
export class JsonTexts {
  private rest = '';
  /** Up to where `rest` was looked at. */
  private at = 0;
  private depth = 0;
  private isInText = false;
  private isTooLong = false;

  constructor(private readonly options: JsonTextOptions) {}

  /** Bytes up to the text that is begun, or that comes next. */
  passed = 0;
  /** Texts of the list that is open, and the bytes before it; undefined where none is open. */
  list: { readonly passed: number; texts: number } | undefined;

  /** Characters that wait for the end of their text. */
  get pending(): number {
    return this.rest.length;
  }

  push(text: string): string[] {
    this.rest += text;
    const found: string[] = [];
    for (;;) {
      const next = this.next();
      if (next === undefined) break;
      if (next !== '') found.push(next);
    }
    if (this.rest.length > this.options.longest) this.giveUp();
    return found;
  }

  /** What is left at the end, as it is. */
  finish(): string[] {
    const left = this.rest.trim();
    const isLost = this.isTooLong;
    this.pass(this.rest.length);
    this.begin();
    if (isLost) this.options.tooLong();
    this.isTooLong = false;
    this.list = undefined;
    return left === '' || isLost ? [] : [left];
  }

  private begin(): void {
    this.at = this.depth = 0;
    this.isInText = false;
  }

  /** The next whole text; empty where only what stands between two was passed; undefined where more has to come. */
  private next(): string | undefined {
    if (this.at === 0 && this.depth === 0 && !this.isTooLong) {
      this.skipBetween();
      if (this.rest === '') return undefined;
      if (this.list && this.rest[0] === ']') {
        this.list = undefined;
        return this.take(1, '');
      }
      if (this.options.splitsLists && !this.list && this.rest[0] === '[') {
        this.list = { passed: this.passed, texts: 0 };
        return this.take(1, '');
      }
    }
    const end = this.endOfText();
    if (end < 0) return undefined;
    const wasTooLong = this.isTooLong;
    const text = this.rest.slice(0, end).trim();
    if (wasTooLong) this.options.tooLong();
    this.isTooLong = false;
    return this.take(end, wasTooLong ? '' : text);
  }

  private take(length: number, text: string): string {
    this.pass(length);
    this.begin();
    if (this.list && text !== '') this.list.texts += 1;
    return text;
  }

  private pass(length: number): void {
    this.passed += (this.options.bytesOf ?? Buffer.byteLength)(this.rest.slice(0, length));
    this.rest = this.rest.slice(length);
  }

  private skipBetween(): void {
    let start = 0;
    while (start < this.rest.length) {
      const code = this.rest.charCodeAt(start);
      if (!isBetween(code) && !(this.list !== undefined && code === 0x2c)) break;
      start += 1;
    }
    if (start > 0) this.pass(start);
  }

  /** Where the text ends that begins the rest, or -1. */
  private endOfText(): number {
    const { rest } = this;
    for (; this.at < rest.length; this.at += 1) {
      const code = rest.charCodeAt(this.at);
      if (this.isInText) {
        if (code === backslash) this.at += 1;
        else if (code === quote) this.isInText = false;
      } else if (code === quote) this.isInText = true;
      else if (isOpening(code)) {
        if (this.depth === 0 && this.at > 0) return this.at;
        this.depth += 1;
      } else if (isClosing(code)) {
        if (this.depth === 0) return this.list !== undefined && this.at > 0 ? this.at : this.at + 1;
        this.depth -= 1;
        if (this.depth === 0) return this.at + 1;
      } else if (this.depth === 0 && this.at > 0 && this.endsWord(code)) return this.at;
    }
    return -1;
  }

  /** What is no object and no list ends with its line, a record separator, or the comma of a list. */
  private endsWord(code: number): boolean {
    return code === 0x0a || code === 0x0d || code === 0x1e || code === 0 || (this.list !== undefined && code === 0x2c);
  }

  /** One that is too long is passed over; brackets are counted on. */
  private giveUp(): void {
    this.isTooLong = true;
    this.at -= this.rest.length;
    this.pass(this.rest.length);
  }
}

/** The texts of one that holds several, such as a packet. */
export const jsonTextsOf = (text: string, splitsLists: boolean): string[] => {
  const texts = new JsonTexts({ longest: Infinity, tooLong: () => undefined, splitsLists });
  return [...texts.push(text), ...texts.finish()];
};
