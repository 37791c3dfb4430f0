import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePath, reader, remover, writer } from './field-path.ts';

const payload = { a: { b: [{ c: 1 }, { c: 2 }], 'x.y': 3 }, n: null };

describe('a path', () => {
  it.each<[string, unknown]>([
    ['a.b[1].c', 2],
    ['a["x.y"]', 3],
    ['n', null],
    ['n.deeper', undefined],
    ['a.b.length', 2],
    ['a.b[9].c', undefined],
    ['toString', undefined],
  ])('%s reads %j', (path, expected) => expect(reader(path)(payload)).toEqual(expected));

  it.each<[string, unknown]>([
    ['a.b[0].c', { a: { b: [{ c: 9 }, { c: 2 }], 'x.y': 3 }, n: null }],
    ['new.deep', { ...payload, new: { deep: 9 } }],
    ['n.deep', { ...payload, n: { deep: 9 } }],
  ])('%s is written without touching the original', (path, expected) => {
    const before = structuredClone(payload);
    expect(writer(path)(payload, 9)).toEqual(expected);
    expect(payload).toEqual(before);
  });

  it.each<[string, unknown]>([
    ['a.b[0]', { a: { b: [{ c: 2 }], 'x.y': 3 }, n: null }],
    ['a.b', { a: { 'x.y': 3 }, n: null }],
    ['nowhere.at.all', payload],
  ])('%s is removed', (path, expected) => expect(remover(path)(payload)).toEqual(expected));

  it.each(['', '.a', 'a..b', 'a[', 'a[x]', '__proto__.x', 'a.constructor', 'a["prototype"]'])('%j is refused', (path) =>
    expect(() => parsePath(path)).toThrow(RangeError),
  );

  it('never reaches the language behind the data', () => {
    const key = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'prototype', 'a', 'toString'), fc.string());
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), (keys) => {
        const path = keys.map((each) => `[${JSON.stringify(each)}]`).join('');
        try {
          writer(path)({}, 'polluted');
        } catch {
          // refused
        }
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });

  it('reads back what it wrote', () => {
    const key = fc.stringMatching(/^[a-z]{1,5}$/);
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), fc.jsonValue(), (keys, value) => {
        const path = keys.join('.');
        expect(reader(path)(writer(path)({ other: 1 }, value))).toEqual(value);
      }),
    );
  });
});
