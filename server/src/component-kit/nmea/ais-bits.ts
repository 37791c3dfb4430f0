/** Bits of a message of AIS, six in each character of its sentence: ITU-R M.1371, IEC 61162-1. */
export class AisBits {
  private constructor(
    private readonly sixes: Uint8Array,
    /** How many there are. */
    readonly length: number,
  ) {}

  /** Undefined where a character is none of those that AIS has. `fill` bits at the end mean nothing. */
  static of(characters: string, fill = 0): AisBits | undefined {
    const sixes = new Uint8Array(characters.length);
    for (let at = 0; at < characters.length; at += 1) {
      const code = characters.charCodeAt(at);
      if (code < 48 || code > 119 || (code > 87 && code < 96)) return undefined;
      sixes[at] = code < 96 ? code - 48 : code - 56;
    }
    return new AisBits(sixes, Math.max(0, characters.length * 6 - fill));
  }

  /** A number without sign, of 48 bits at most, all of which must be there. */
  unsigned(from: number, width: number): number {
    let value = 0;
    for (let at = from; at < from + width;) {
      const inSix = at % 6;
      const take = Math.min(6 - inSix, from + width - at);
      const bits = (this.sixes[(at - inSix) / 6]! >> (6 - inSix - take)) & ((1 << take) - 1);
      value = value * 2 ** take + bits;
      at += take;
    }
    return value;
  }

  signed(from: number, width: number): number {
    const value = this.unsigned(from, width);
    return value < 2 ** (width - 1) ? value : value - 2 ** width;
  }

  /** Whole characters of a text, as they are: what is left of its room is filled with "@". */
  characters(from: number, width: number): string {
    let text = '';
    const end = Math.min(from + width, this.length);
    for (let at = from; at + 6 <= end; at += 6) {
      const six = this.unsigned(at, 6);
      text += String.fromCharCode(six < 32 ? six + 64 : six);
    }
    return text;
  }

  /** Bytes in hexadecimal, the last one filled up with zeros. */
  hex(from: number): string {
    let text = '';
    const end = this.length;
    for (let at = from; at < end; at += 8) {
      const width = Math.min(8, end - at);
      text += (this.unsigned(at, width) << (8 - width)).toString(16).padStart(2, '0');
    }
    return text;
  }
}
