import { type EndOfQuoted, type Field, fieldAt } from './csv-row.ts';

/**
 * A row over several lines, which come one by one. What the lines before have settled is not gone over again, so that a quote
 * that nobody closes costs no more than the characters behind it.
 */
export class OpenRow {
  /** Fields that no further line changes. */
  private readonly settled: string[] = [];
  /** The last field and what it may fall into, as it stands. */
  private parts: string[] = [];
  private last: Field = { text: '', next: 0, kind: 'plain' };
  private isTooWide = false;

  /** @param most fields at most: a row with more is given up, and has `fields` no longer */
  constructor(
    private readonly endOf: EndOfQuoted,
    private readonly delimiter: string,
    private readonly most: number,
    firstLine: string,
  ) {
    this.read(firstLine);
  }

  /** @param lineEnd what stands between the line before and this one */
  add(lineEnd: string, line: string): void {
    if (this.isTooWide) return;
    const { delimiter, last, parts } = this;
    if (last.kind === 'plain') {
      const next = line.indexOf(delimiter);
      parts.push(lineEnd, next < 0 ? line : line.slice(0, next));
      if (next < 0) return;
      this.settled.push(parts.join(''));
      this.read(line.slice(next + 1));
    } else if (last.kind === 'open' && this.endOf(line, 0, delimiter, line.length) < 0) parts.push(lineEnd, line);
    else this.read(parts.join('') + lineEnd + line);
  }

  /** The fields, if the row ended here; undefined while a quote is open, and where there are too many. */
  get fields(): readonly string[] | undefined {
    if (this.isTooWide || this.last.kind === 'open') return undefined;
    return [...this.settled, this.last.kind === 'plain' ? this.parts.join('') : this.last.text];
  }

  /** Whether the row has as many fields as that, with the last one. */
  has(count: number): boolean {
    return !this.isTooWide && this.last.kind !== 'open' && this.settled.length + 1 === count;
  }

  private read(text: string): void {
    let at = 0;
    let field = fieldAt(this.endOf, text, at, this.delimiter);
    while (field.kind !== 'open' && field.next <= text.length && this.settled.length < this.most) {
      this.settled.push(field.text);
      at = field.next;
      field = fieldAt(this.endOf, text, at, this.delimiter);
    }
    this.last = field;
    this.parts = [text.slice(at)];
    this.isTooWide = this.settled.length >= this.most;
  }
}
