import { randomBytes } from 'node:crypto';

/**
 * A number whose digits no double holds, or that is beyond its range, as it was written: it goes on digit for digit where
 * nobody touches it. Where it is reckoned with or compared as a JavaScript number it is rounded, as any number would be.
 */
export class ExactNumber extends Number {
  readonly #text: string;

  /** @param text as JSON writes numbers */
  constructor(text: string) {
    super(text);
    this.#text = text;
  }

  override toString(): string {
    return this.#text;
  }

  /** The same for all ways to write the same number. */
  get key(): string {
    const { isNegative, digits, exponent } = decimalOf(this.#text);
    return `${isNegative ? '-' : ''}${digits}e${exponent}`;
  }

  /** What `JSON.stringify` writes in its place: all digits within `writeJson`, the rounded number elsewhere. */
  toJSON(): string | number {
    if (!isWriting) return this.valueOf();
    hasWritten = true;
    return mark + this.#text;
  }
}

/** Stands before the digits in texts that are made here and never leave: nobody else can write it. */
const mark = `${randomBytes(16).toString('hex')}:`;
const marked = new RegExp(`"${mark}([^"]*)"`, 'g');
let isWriting = false;
let hasWritten = false;

/** `JSON.stringify` with all digits of all numbers. */
export const writeJson = (value: unknown): string | undefined => {
  isWriting = true;
  hasWritten = false;
  try {
    const text = JSON.stringify(value);
    return hasWritten ? text.replace(marked, '$1') : text;
  } finally {
    isWriting = false;
  }
};

/** So many digits in a row, with a point among them or not, a double may not hold: fewer it always does. */
const manyDigits = 16;
const largeExponent = /[0-9][eE][-+]?[0-9][0-9][0-9]/;

/**
 * Whether a text may hold a number that a double does not: one of many digits, or with an exponent of three. Most texts have
 * neither, and the look takes an eighth of the time that parsing takes, since a row of sixteen characters holds one of each
 * sixteenth.
 */
const isSuspect = (text: string): boolean => {
  for (let at = manyDigits - 1; at < text.length; at += manyDigits) {
    const code = text.charCodeAt(at);
    if (!isDigitOrPoint(code) || (code === point && !isDigit(text.charCodeAt(at + 1)))) continue;
    let start = at;
    while (start > 0 && isDigitOrPoint(text.charCodeAt(start - 1))) start -= 1;
    let end = at + 1;
    while (end < text.length && isDigitOrPoint(text.charCodeAt(end))) end += 1;
    if (end - start >= manyDigits && mayBeInexact(text, start, end)) return true;
    at = end;
  }
  return largeExponent.test(text);
};

/** Whole numbers of sixteen digits are below 2^53 where they do not begin with a nine. */
const mayBeInexact = (text: string, start: number, end: number): boolean =>
  end - start > manyDigits || text.charCodeAt(start) === nine || (text.charCodeAt(end) | 0x20) === exponentSign;

const zero = 0x30;
const point = 0x2e;
const nine = 0x39;
const exponentSign = 0x65;
const isDigit = (code: number): boolean => code >= zero && code <= nine;
const isDigitOrPoint = (code: number): boolean => isDigit(code) || code === point;

/** `JSON.parse` with all digits of all numbers: those that a double holds are numbers, the others `ExactNumber`s. */
export const readJson = (text: string): unknown => {
  if (!isSuspect(text) || areDoubles(text)) return JSON.parse(text) as unknown;
  const withMarks = markInexact(text);
  if (withMarks === text) return JSON.parse(text) as unknown;
  return JSON.parse(withMarks, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? new ExactNumber(value.slice(mark.length)) : value,
  ) as unknown;
};

/** Whether a JSON text holds a number that a double does not hold. */
export const hasManyDigits = (text: string): boolean =>
  isSuspect(text) && !areDoubles(text) && markInexact(text) !== text;

const longWord = /[-0-9][-+0-9.eE]{15,}|[0-9][-+0-9.]*[eE][-+]?[0-9]{3,}/g;

/** Whether all long numbers are written as a computer writes a double, as most are. */
const areDoubles = (text: string): boolean => {
  longWord.lastIndex = 0;
  for (let found = longWord.exec(text); found; found = longWord.exec(text))
    if (String(Number(found[0])) !== found[0]) return false;
  return true;
};

const token = /"|-?[0-9][-+0-9.eE]*/g;
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/**
 * The first whole number of a JSON text that a double does not hold, or number beyond all doubles: where JSON is read without
 * `ExactNumber`s it would become another one. Long decimals are rounded there, as people expect of settings.
 */
export const lostNumber = (text: string): string | undefined => {
  if (!hasManyDigits(text)) return undefined;
  for (const [, word = ''] of markInexact(text).matchAll(marked))
    if (!Number.isFinite(Number(word)) || /^-?\d+$/.test(word)) return word;
  return undefined;
};

/**
 * A JSON text in which each number that a double does not hold is a text, its digits behind a mark: for others who read JSON and are to
 * hand such numbers on.
 */
export const withMarkedNumbers = (text: string, ownMark: string): string =>
  isSuspect(text) && !areDoubles(text) ? markInexact(text, ownMark) : text;

/** The same text with a mark before each number that a double does not hold. What is no JSON stays none. */
const markInexact = (text: string, ownMark = mark): string => {
  let made = '';
  let from = 0;
  token.lastIndex = 0;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const [word] = found;
    if (word === '"') token.lastIndex = endOfText(text, found.index) + 1;
    else if (number.test(word) && !isExact(word)) {
      made += `${text.slice(from, found.index)}"${ownMark}${word}"`;
      from = token.lastIndex;
    }
  }
  return made + text.slice(from);
};

/** Where the quote stands that ends the text which begins at `start`; the end of all where there is none. */
export const endOfText = (text: string, start: number): number => {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === backslash) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
};
const backslash = 0x5c;

/** A decimal number: 0.`digits` times ten to the power of `exponent`, without zeros at either end of the digits. */
interface Decimal {
  readonly isNegative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const decimalOf = (text: string): Decimal => {
  const [, sign, whole = '', part = '', power = '0'] = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/.exec(text)!;
  const all = whole + part;
  let start = 0;
  while (all.charCodeAt(start) === zero) start += 1;
  let end = all.length;
  while (end > start && all.charCodeAt(end - 1) === zero) end -= 1;
  if (start === end) return { isNegative: false, digits: '', exponent: -Infinity };
  return { isNegative: sign === '-', digits: all.slice(start, end), exponent: whole.length - start + Number(power) };
};

/** Whether the double of a number says the same as its text. */
const isExact = (text: string): boolean => {
  const double = Number(text);
  return Number.isFinite(double) && compareDecimals(decimalOf(text), decimalOf(String(double))) === 0;
};

const compareDecimals = (a: Decimal, b: Decimal): number => {
  if (a.isNegative !== b.isNegative) return a.isNegative ? -1 : 1;
  const size =
    a.exponent === b.exponent ? Number(a.digits > b.digits) - Number(a.digits < b.digits) : a.exponent - b.exponent;
  return a.isNegative ? -size : size;
};

/** A number of JSON as people write it (`+1`, `.5` and `2.` too), with all its digits; undefined for anything else. */
export const numberFrom = (text: string): number | ExactNumber | undefined => {
  const found = /^([-+]?)(\d*)(?:\.(\d*))?([eE][-+]?\d+)?$/.exec(text.trim());
  if (!found) return undefined;
  const [, sign, whole = '', part = '', power = ''] = found;
  if (whole === '' && part === '') return undefined;
  const written = `${sign === '-' ? '-' : ''}${whole.replace(/^0+(?=\d)/, '') || '0'}${part === '' ? '' : `.${part}`}${power}`;
  return isExact(written) ? Number(written) : new ExactNumber(written);
};

/** The double next to a number of a payload; undefined for what is no number. */
export const doubleOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : value instanceof ExactNumber ? value.valueOf() : undefined;

/** Below 0 where `a` is less than `b`, above where it is more. Rounding keeps the order, so digits count where doubles are equal. */
export const compareNumbers = (a: number | ExactNumber, b: number | ExactNumber): number => {
  const [one, other] = [Number(a), Number(b)];
  if (one !== other) return one < other ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return 0;
  return compareDecimals(decimalOf(String(a)), decimalOf(String(b)));
};
