/** Characters of the longest line that is taken: a sentence has 82, one of AIS a little more, with what receivers write around it. */
const longest = 4096;

/** What ends a line: line feed, carriage return, and the NUL that some devices and packets have. */
const ends = /[\r\n\0]+/;
const endsWithChecksum = /\*[0-9A-Fa-f]{2}\s*$/;

/** Cuts the bytes of one sender into lines, each character of which stands for one byte. What comes may be cut anywhere. */
export class LineCutter {
  private text = '';
  private isTooLong = false;

  constructor(private readonly tooLong: () => void) {}

  /** What came of a line that has no end yet. */
  get begun(): string {
    return this.text;
  }

  push(chunk: Buffer): readonly string[] {
    const lines = `${this.text}${chunk.toString('latin1')}`.split(ends);
    this.text = lines.pop()!;
    const whole = lines.filter((line) => this.fits(line));
    if (this.text.length > longest) {
      this.isTooLong = true;
      this.text = '';
    }
    return whole;
  }

  /** Ends a packet: a line that is whole needs no end behind it. What is cut may go on in the next one. */
  pause(): readonly string[] {
    return endsWithChecksum.test(this.text) ? this.finish() : [];
  }

  /** Nothing more comes, or not for long. */
  finish(): readonly string[] {
    const last = this.text;
    this.text = '';
    return last !== '' || this.isTooLong ? [last].filter((line) => this.fits(line)) : [];
  }

  /** The first line behind one that was too long is the end of that. */
  private fits(line: string): boolean {
    const fits = !this.isTooLong && line.length <= longest;
    if (!fits) this.tooLong();
    this.isTooLong = false;
    return fits && line !== '';
  }
}
