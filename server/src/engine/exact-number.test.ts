import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareNumbers,
  doubleOf,
  ExactNumber,
  hasManyDigits,
  lostNumber,
  numberFrom,
  readJson,
  writeJson,
} from './exact-number.ts';

describe('JSON that is read and written again', () => {
  it.each([
    '9007199254740993',
    '[-9007199254740993,9007199254740992]',
    '{"id":12345678901234567890,"list":[[1,98765432109876543210]]}',
    '{"a":0.1234567890123456789,"b":1234567890.1234567890123}',
    '{"a":1e400,"b":-1E+400,"c":1e-400}',
    '[0.12345678901234567,-9.999999999999999999]',
    '{"__proto__":12345678901234567890,"constructor":12345678901234567890}',
    '{"12345678901234567890":12345678901234567890,"s":"12345678901234567890","q":"\\"12345678901234567890"}',
    ` {"a" : 12345678901234567890}`.replaceAll(' ', ''),
  ])('has all its digits: %s', (text) => expect(writeJson(readJson(text))).toBe(text));

  it.each([
    ['1.0', '1'],
    ['21.50', '21.5'],
    ['1E2', '100'],
    ['-0', '0'],
    ['0.10000000000000000000', '0.1'],
    ['1.00000000000000000000e2', '100'],
    ['52.372759999999998', '52.372759999999998'],
    ['1700000000000000', '1700000000000000'],
    ['100000000000000000000', '100000000000000000000'],
    ['5e-324', '5e-324'],
  ])('has the value that it had: %s becomes %s', (text, expected) => expect(writeJson(readJson(text))).toBe(expected));

  it('tells of the digits of numbers alone what a double would lose', () => {
    const read = readJson('[1.0,9007199254740992,1700000000000000,0.1,1e22,123456789012345680000]');
    expect(read).toEqual([1, 9007199254740992, 1.7e15, 0.1, 1e22, 123456789012345680000]);
  });

  it.each([
    '01234567890123456789',
    '12345678901234567890.',
    '{"a":12345678901234567890',
    '"12345678901234567890',
    '1-23456789012345678',
  ])('is refused where it is none: %s', (text) => expect(() => readJson(text)).toThrow(SyntaxError));

  it('is what JSON.parse reads, but for the digits', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        expect(writeJson(readJson(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('has the value that it had, whatever number it holds', () => {
    const digits = fc.stringMatching(/^(0|[1-9][0-9]{0,24})(\.[0-9]{1,24})?(e-?[0-9]{1,3})?$/);
    // wherever it stands, behind texts that look like numbers for a while
    const before = fc.stringMatching(/^[0-9.e ]{0,40}$/);
    fc.assert(
      fc.property(digits, before, (text, name) => {
        const written = writeJson(readJson(`{"${name}":[${text}]}`))!.slice(name.length + 5, -2);
        expect(compareNumbers(numberFrom(written)!, numberFrom(text)!)).toBe(0);
      }),
      { numRuns: 5000 },
    );
  });

  it('is rounded by whoever writes it in another way, and never more than that', () => {
    const read = readJson('{"id":9007199254740993}');
    expect(writeJson(read)).toBe('{"id":9007199254740993}');
    expect(JSON.stringify(read)).toBe('{"id":9007199254740992}');
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(() => writeJson(circle)).toThrow('circular');
    expect(JSON.stringify(read)).toBe('{"id":9007199254740992}');
  });

  it('takes no more time for many or for long numbers than they are long', { timeout: 60_000 }, () => {
    const before = performance.now();
    for (const text of [
      `[${'12345678901234567890,'.repeat(50_000)}1]`,
      `1${'0'.repeat(1_000_000)}1`,
      `0.${'0'.repeat(1e6)}1`,
    ])
      expect(writeJson(readJson(text))).toBe(text);
    expect(performance.now() - before).toBeLessThan(30_000);
  });
});

/** A decimal as a whole number of some millionth millionths, by which it is compared in another way. */
const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.integer({ min: 0, max: 30 }))
  .map(([value, places]) => {
    const digits = String(value < 0n ? -value : value).padStart(places + 1, '0');
    const whole = digits.slice(0, digits.length - places);
    const part = digits.slice(digits.length - places);
    return {
      text: `${value < 0n ? '-' : ''}${whole}${part === '' ? '' : `.${part}`}`,
      scaled: value * 10n ** BigInt(30 - places),
    };
  });

it.each([
  ['{"a":12345678901234567890}', '12345678901234567890'],
  ['{"a":[1,-9007199254740993]}', '-9007199254740993'],
  ['{"a":1e400}', '1e400'],
  ['{"a":"12345678901234567890","b":9007199254740992,"c":1e20}', undefined],
  ['{"x":0.12345678901234567891,"y":123.000000000000000001}', undefined],
])('of %s is lost where doubles are read: %s', (text, expected) => expect(lostNumber(text)).toBe(expected));

it.each([
  ['[12345678901234567890]', true],
  ['1e400', true],
  ['0.12345678901234567891', true],
  ['["12345678901234567890"]', false],
  ['[9007199254740992,0.10000000000000000000,1e100]', false],
  ['[1,2.5]', false],
])('%s holds a number that no double holds: %s', (text, expected) => expect(hasManyDigits(text)).toBe(expected));

describe('numbers', () => {
  it('are in the order of their digits', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const [one, other] = [numberFrom(a.text)!, numberFrom(b.text)!];
        expect(Math.sign(compareNumbers(one, other))).toBe(a.scaled < b.scaled ? -1 : a.scaled > b.scaled ? 1 : 0);
      }),
    );
    expect(compareNumbers(numberFrom('1e400')!, numberFrom('1e401')!)).toBeLessThan(0);
    expect(compareNumbers(numberFrom('9007199254740993')!, 9007199254740992)).toBeGreaterThan(0);
    expect(compareNumbers(numberFrom('-1e-400')!, 0)).toBeLessThan(0);
    expect(compareNumbers(numberFrom('-1e-400')!, numberFrom('1e-400')!)).toBeLessThan(0);
    expect(compareNumbers(numberFrom('1e-400')!, numberFrom('-1e-400')!)).toBeGreaterThan(0);
    expect(compareNumbers(numberFrom('12345678901234567890')!, numberFrom('12345678901234567891')!)).toBeLessThan(0);
    expect(compareNumbers(numberFrom('-12345678901234567890')!, numberFrom('-12345678901234567891')!)).toBeGreaterThan(
      0,
    );
  });

  it('are doubles where those say the same', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
        expect(numberFrom(String(double))).toBe(double === 0 ? 0 : double);
      }),
    );
  });

  it.each([
    ['+.5', '0.5'],
    ['5.', '5'],
    ['-00012345678901234567890', '-12345678901234567890'],
    ['+.12345678901234567891', '0.12345678901234567891'],
    ['12345678901234567890.', '12345678901234567890'],
    ['007', '7'],
    [' 12345678901234567890.50 ', '12345678901234567890.50'],
    ['', undefined],
    ['.', undefined],
    ['12 m', undefined],
    ['0x10', undefined],
    ['Infinity', undefined],
  ])('come from texts as people write them: %j', (text, expected) =>
    expect(numberFrom(text)?.toString()).toBe(expected),
  );

  it('of many digits are rounded where they are reckoned with, and one for each way to write them', () => {
    const number = new ExactNumber('12345678901234567890.0');
    expect([doubleOf(number), Number(number) + 1, doubleOf('1')]).toEqual([
      1.2345678901234567e19,
      1.2345678901234567e19,
      undefined,
    ]);
    expect(doubleOf(5)).toBe(5);
    expect(number.key).toBe(new ExactNumber('1234567890123456789e1').key);
    const others = ['-12345678901234567890', '1234567890123456789', '12345678901234567891', '1e400', '-1e400'];
    expect(new Set([number, ...others.map((text) => new ExactNumber(text))].map(({ key }) => key)).size).toBe(6);
  });
});
