/** What a sentence says: its fields as they came, and the payload that is made of them. */
export interface Reading {
  readonly fields: readonly string[];
  readonly payload: Record<string, unknown>;
  /** What a field says that it should not, by its name. */
  readonly unread: Record<string, string>;
}

/** Reads so many fields from a place on. `names` are those that the payload may get. */
export interface FieldReader {
  readonly width: number;
  readonly names: readonly string[];
  read(reading: Reading, at: number): void;
}

/** The number that a text says; undefined where it says none. */
export const numberOf = (text: string): number | undefined => {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text)) return undefined;
  const number = Number(text);
  // beyond, a double has no digits for what stands there
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number + 0 : undefined;
};

/** A field that a text is made of by `parse`, which gives undefined where it cannot. An empty one is not there. */
export const one = (name: string, parse: (text: string) => unknown): FieldReader => ({
  width: 1,
  names: [name],
  read: ({ fields, payload, unread }, at) => {
    const text = fields[at]?.trim() ?? '';
    if (text === '') return;
    const value = parse(text);
    if (value === undefined) unread[name] = text;
    else payload[name] = value;
  },
});

export const number = (name: string): FieldReader => one(name, numberOf);
export const text = (name: string): FieldReader => one(name, textOf);
/** A letter or a digit that stands for a word, or for yes and no. */
export const choice = (name: string, values: Readonly<Record<string, unknown>>): FieldReader =>
  one(name, (letter) => (Object.hasOwn(values, letter) ? values[letter] : undefined));
/** A number that stands for a word: both are given. */
export const numbered = (name: string, words: readonly string[]): FieldReader => ({
  width: 1,
  names: [name, `${name}_name`],
  read: (reading, at) => {
    number(name).read(reading, at);
    const word = words[reading.payload[name] as number];
    if (word !== undefined) reading.payload[`${name}_name`] = word;
  },
});
/** "A" is yes and "V" is no. */
export const status = (name: string): FieldReader => choice(name, { A: true, V: false });
/** A field that says nothing beside the others. */
export const constant: FieldReader = { width: 1, names: [], read: () => undefined };

/** What is the same in all of them. */
const plain = /^[ -\]_-~]*$/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Bytes as text: UTF-8, or else Latin 1; `^2C` stands for a character that sentences cannot have. */
export const textOf = (bytes: string): string => {
  if (plain.test(bytes)) return bytes;
  const whole = bytes.replace(/\^([0-9A-Fa-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  try {
    return utf8.decode(Buffer.from(whole, 'latin1'));
  } catch {
    return whole;
  }
};

/** A number whose second field says its unit, or what it is measured from; it becomes the end of the name. */
export const measured = (name: string, units: Readonly<Record<string, string>>): FieldReader => ({
  width: 2,
  names: Object.values(units).map((unit) => `${name}_${unit}`),
  read: ({ fields, payload, unread }, at) => {
    const [said, letter] = [fields[at]?.trim() ?? '', fields[at + 1]?.trim() ?? ''];
    if (said === '') return;
    const [value, unit] = [numberOf(said), units[letter]];
    if (value === undefined || unit === undefined) unread[name] = `${said},${letter}`;
    else payload[`${name}_${unit}`] = value;
  },
});

/** A number whose second field says its sign. */
export const signed = (name: string, [plus, minus]: readonly [string, string]): FieldReader => ({
  width: 2,
  names: [name],
  read: ({ fields, payload, unread }, at) => {
    const [said, letter] = [fields[at]?.trim() ?? '', fields[at + 1]?.trim() ?? ''];
    if (said === '') return;
    const value = numberOf(said);
    if (value === undefined || (letter !== plus && letter !== minus)) unread[name] = `${said},${letter}`;
    else payload[name] = letter === plus ? value : 0 - value;
  },
});

/** `4426.1165,N,07140.5380,W`: degrees and minutes, north and east positive. */
export const position = (prefix = ''): FieldReader => {
  const latitude = angle(`${prefix}latitude`, { degreeDigits: 2, most: 90, letters: ['N', 'S'] });
  const longitude = angle(`${prefix}longitude`, { degreeDigits: 3, most: 180, letters: ['E', 'W'] });
  return {
    width: 4,
    names: [...latitude.names, ...longitude.names],
    read: (reading, at) => {
      latitude.read(reading, at);
      longitude.read(reading, at + 2);
    },
  };
};

const angle = (
  name: string,
  given: { readonly degreeDigits: number; readonly most: number; readonly letters: readonly [string, string] },
): FieldReader => {
  const { degreeDigits, most, letters } = given;
  const shape = new RegExp(`^(\\d{1,${degreeDigits}})([0-5]\\d(?:\\.\\d*)?)$`);
  return {
    width: 2,
    names: [name],
    read: ({ fields, payload, unread }, at) => {
      const [said, letter] = [fields[at]?.trim() ?? '', fields[at + 1]?.trim() ?? ''];
      if (said === '') return;
      const parts = shape.exec(said);
      const degrees = parts ? Number(parts[1]) + Number(parts[2]) / 60 : NaN;
      if (!(degrees <= most) || !letters.includes(letter)) unread[name] = `${said},${letter}`;
      else payload[name] = letter === letters[0] ? degrees : 0 - degrees;
    },
  };
};

/** `194112.50` becomes "19:41:12.50". */
export const timeOfDay = (name = 'time_of_day'): FieldReader =>
  one(name, (said) => {
    const parts = /^([01]\d|2[0-3])([0-5]\d)([0-5]\d|60)(\.\d*)?$/.exec(said);
    if (!parts) return undefined;
    const [, hours, minutes, seconds, rest = ''] = parts;
    return `${hours}:${minutes}:${seconds}${rest.length > 1 ? rest : ''}`;
  });

/** `160906` becomes "2006-09-16": two digits are a year from 1980 to 2079. */
export const date: FieldReader = one('date', (said) => {
  const parts = /^(\d\d)(\d\d)(\d\d)$/.exec(said);
  return parts ? dateOf(yearOf(parts[3]!), parts[2]!, parts[1]!) : undefined;
});

/** `16,09,2006` becomes "2006-09-16"; some write two digits of the year. */
export const dayMonthYear: FieldReader = {
  width: 3,
  names: ['date'],
  read: ({ fields, payload, unread }, at) => {
    const parts = [0, 1, 2].map((index) => fields[at + index]?.trim() ?? '');
    if (parts.every((part) => part === '')) return;
    const [day, month, year] = parts as [string, string, string];
    const isWhole = /^\d{1,2}$/.test(day) && /^\d{1,2}$/.test(month) && /^(?:\d{2}|\d{4})$/.test(year);
    const said = isWhole ? dateOf(yearOf(year), month.padStart(2, '0'), day.padStart(2, '0')) : undefined;
    if (said === undefined) unread['date'] = parts.join(',');
    else payload['date'] = said;
  },
};

const yearOf = (digits: string): string => (digits.length === 4 ? digits : `${digits < '80' ? '20' : '19'}${digits}`);

const dateOf = (year: string, month: string, day: string): string | undefined => {
  const text = `${year}-${month}-${day}`;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // the 31st of April is none
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text ? undefined : text;
};
