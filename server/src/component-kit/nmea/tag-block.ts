/** What a receiver has written before a sentence: NMEA 0183 4.1, IEC 61162-450. */
export interface TagBlock {
  /** When it was received, as ISO 8601. */
  readonly time?: string;
  /** Who received or sent it. */
  readonly source?: string;
  readonly destination?: string;
  readonly text?: string;
  /** Sentences that belong together: `1-2-1234` is the first of two of the group 1234. */
  readonly group?: string;
  readonly line?: number;
}

/** A clock in seconds stays below this until the year 5138, one in milliseconds has been above it since 1973. */
const firstMilliseconds = 1e11;

/** What stands between the backslashes, without its checksum. What it does not know is left out. */
export const readTagBlock = (text: string): TagBlock => {
  const tag: { -readonly [Key in keyof TagBlock]: TagBlock[Key] } = {};
  for (const field of text.split(',')) {
    const value = field.slice(2);
    if (field[1] !== ':' || value === '') continue;
    const number = /^\d{1,15}$/.test(value) ? Number(value) : undefined;
    switch (field[0]) {
      case 'c':
        if (number !== undefined)
          tag.time = new Date(number < firstMilliseconds ? number * 1000 : number).toISOString();
        break;
      case 'n':
        if (number !== undefined) tag.line = number;
        break;
      case 's':
        tag.source = value;
        break;
      case 'd':
        tag.destination = value;
        break;
      case 'g':
        tag.group = value;
        break;
      case 't':
        tag.text = value;
        break;
    }
  }
  return tag;
};
