import { expect, it } from 'vitest';
import { typedValue, valueOf } from './csv-value.ts';

it.each<[string, unknown]>([
  ['12', 12],
  ['12.50', 12.5],
  [' -3 ', -3],
  ['+0.5', 0.5],
  ['.5', 0.5],
  ['5.', 5],
  ['1.5e3', 1500],
  ['1e-05', 1e-5],
  ['0', 0],
  ['007', '007'],
  ['12e3', '12e3'],
  ['+4915112345678', '+4915112345678'],
  ['+491511', 491511],
  ['1e999', '1e999'],
  ['1e-999', '1e-999'],
  ['9007199254740993', '9007199254740993'],
  ['9007199254740991', 9007199254740991],
  ['1.2.3', '1.2.3'],
  ['-', '-'],
  ['', ''],
  ['text', 'text'],
])('%j is %j', (text, value) => expect(valueOf(text)).toBe(value));

it.each<[string, unknown]>([
  ['1,5', 1.5],
  ['1.234,5', 1234.5],
  ['-1.234.567', -1234567],
  ['+1 234,5', 1234.5],
  ['1.5', '1.5'],
  ['-1.5', '-1.5'],
  ['.5', '.5'],
  ['12', 12],
  ['1,2,3', '1,2,3'],
])('with a decimal comma %j is %j', (text, value) => expect(valueOf(text, true)).toBe(value));

it.each<[Parameters<typeof typedValue>, unknown]>([
  [['text', ' a '], ' a '],
  [['text', ''], ''],
  [['number', ' '], null],
  [['number', ' 007 '], 7],
  [['number', 'x'], undefined],
  [['number', '1e999'], undefined],
  [['number', '1,5', true], 1.5],
  [['boolean', ''], null],
  [['boolean', ' Yes '], true],
  [['boolean', 'ON'], true],
  [['boolean', '1'], true],
  [['boolean', 'true'], true],
  [['boolean', 'off'], false],
  [['boolean', 'no'], false],
  [['boolean', '0'], false],
  [['boolean', 'false'], false],
  [['boolean', 'maybe'], undefined],
])('of a column %j is %j', (given, value) => expect(typedValue(...given)).toBe(value));
