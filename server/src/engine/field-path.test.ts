import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExactNumber } from './exact-number.ts';
import { type Own, parsePath, reader, remover, valuesReader, writer } from './field-path.ts';

const payload = { a: { b: [{ c: 1 }, { c: 2 }], 'x.y': 3 }, n: null };

describe('a path', () => {
  it.each<[string, unknown]>([
    ['a.b[1].c', 2],
    ['a["x.y"]', 3],
    ['n', null],
    ['n.deeper', undefined],
    ['n.deeper.still', undefined],
    ['a.b.length', 2],
    ['a.b[9].c', undefined],
    ['toString', undefined],
    ['a.b[-1].c', 2],
    ['a.b[-3].c', undefined],
    ['a.x.y', 3],
    ['a[-1]', undefined],
  ])('%s reads %j', (path, expected) => expect(reader(path)(payload)).toEqual(expected));

  it.each<[string, unknown]>([
    ['a.b[0].c', { a: { b: [{ c: 9 }, { c: 2 }], 'x.y': 3 }, n: null }],
    ['new.deep', { ...payload, new: { deep: 9 } }],
    ['n.deep', { ...payload, n: { deep: 9 } }],
    ['a.x.y', { a: { b: [{ c: 1 }, { c: 2 }], 'x.y': 9 }, n: null }],
    ['a.b[-1].c', { a: { b: [{ c: 1 }, { c: 9 }], 'x.y': 3 }, n: null }],
    ['a.b[2]', { a: { b: [{ c: 1 }, { c: 2 }, 9], 'x.y': 3 }, n: null }],
    ['list[0].v', { ...payload, list: [{ v: 9 }] }],
    ['list[-1]', { ...payload, list: [9] }],
    ['n[0]', { ...payload, n: [9] }],
  ])('%s is written without touching the original', (path, expected) => {
    const before = structuredClone(payload);
    expect(writer(path)(payload, 9)).toEqual(expected);
    expect(payload).toEqual(before);
  });

  it.each<[string, unknown]>([
    ['a.b[0]', { a: { b: [{ c: 2 }], 'x.y': 3 }, n: null }],
    ['a.b', { a: { 'x.y': 3 }, n: null }],
    ['nowhere.at.all', payload],
    ['a.x.y', { a: { b: [{ c: 1 }, { c: 2 }] }, n: null }],
    ['a.b[-1]', { a: { b: [{ c: 1 }], 'x.y': 3 }, n: null }],
  ])('%s is removed', (path, expected) => expect(remover(path)(payload)).toEqual(expected));

  it.each<[string, (string | number)[]]>([
    ['a.b[12].c', ['a', 'b', 12, 'c']],
    ['[0][-10]', [0, -10]],
    ['a["b.c"].d', ['a', 'b.c', 'd']],
    ['["so \\"called\\" \\\\"]', ['so "called" \\']],
    ['["1"]', ['1']],
  ])('%s has the keys %j', (path, expected) => expect(parsePath(path)).toEqual(expected));

  it.each([
    ['', 'the path is empty'],
    ['.a', '".a" is no path: look at character 1; a name with dots or brackets in it is written ["so.and.so"]'],
    ['a.b[x]', '"a.b[x]" is no path: look at character 4; a name with dots or brackets in it is written ["so.and.so"]'],
    ['a.constructor.b', '"constructor" may not stand in a path'],
  ])('%j is refused, and the sentence says why', (path, sentence) =>
    expect(() => parsePath(path)).toThrow(new RangeError(sentence)),
  );

  it.each(['', '.a', 'a..b', 'a[', 'a[x]', '__proto__.x', 'a.constructor', 'a["prototype"]'])('%j is refused', (path) =>
    expect(() => parsePath(path)).toThrow(RangeError),
  );

  it.each<[string, unknown, RegExp]>([
    ['temp.unit', { temp: 21.5 }, /is 21.5, which would be lost/],
    ['name.first', { name: 'Ann' }, /is "Ann", which would be lost/],
    ['isOn.since', { isOn: false }, /is false, which would be lost/],
    ['site', 42, /is 42, which would be lost/],
    ['site', [1], /is a list, which would be lost/],
    ['items.v', { items: [1] }, /is a list, which would be lost/],
    ['temp[0]', { temp: 'x' }, /is "x", which would be lost/],
    ['items[3]', { items: [1] }, /the list has 1 elements/],
    ['items[-2]', { items: [1] }, /the list has 1 elements/],
    ['items[1]', {}, /the list has 0 elements/],
    ['items[-2]', {}, /the list has 0 elements/],
    ['name.first', { name: 'A'.repeat(100) }, /is "A{60}", which would be lost/],
    ['size', new Uint8Array([1, 2]), /is 1,2, which would be lost/],
    ['id.part', { id: new ExactNumber('12345678901234567890') }, /is 12345678901234567890, which would be lost/],
  ])('%s is not written into %j: something would be lost', (path, given, words) =>
    expect(() => writer(path)(given, 9)).toThrow(words),
  );

  describe('to a name with dots in it', () => {
    it.each<[string, unknown, unknown]>([
      ['pm2.5', { 'pm2.5': 20 }, 20],
      ['pm2.5', { 'pm2.5': 20, pm2: { 5: 1 } }, 20],
      ['pm2.5', { pm2: { 5: 1 } }, 1],
      ['air.pm2.5', { air: { 'pm2.5': 20 } }, 20],
      ['air.pm2.5.max', { air: { 'pm2.5': { max: 30 } } }, 30],
      ['a.b.c', { 'a.b': { c: 1 } }, 1],
      ['a.b.c', { 'a.b': { x: 1 }, a: { 'b.c': 2 } }, 2],
      ['a.b', { 'a.b': null, a: { b: 1 } }, null],
      ['a.b.c.d', { 'a.b.c.d': 0 }, 0],
      ['temp[0]', { 'temp[0]': 5 }, 5],
      ['[0].a.b', [{ 'a.b': null }], null],
      ['a.b.c', { 'a.b.c': 1, 'a.b': { c: 2 } }, 1],
      ['["q"].a.b', { q: { 'a.b': 1 } }, 1],
      ['a.b["c"].d', { 'a.b["c"].d': 1, 'a.b': { c: { d: 2 } } }, 2],
      ['a["b"].c', { 'a["b"].c': 1, a: { b: { c: 2 } } }, 2],
      ['a["b"]', { 'a["b"]': 1, a: { b: 2 } }, 2],
      ['["c"].d', { '["c"].d': 1, c: { d: 2 } }, 2],
      ['a.b.c.d.e.f.g.h', { 'a.b.c.d.e.f.g.h': 1 }, 1],
      ['x.a.b.c.d.e.f.g.h', { x: { 'a.b.c.d.e.f.g.h': 1 } }, 1],
    ])('%s in %j leads to %j', (path, given, expected) => {
      expect(reader(path)(given)).toBe(expected);
      expect(reader(path)(writer(path)(given, 'new'))).toBe('new');
      expect(JSON.stringify(writer(path)(given, expected))).toBe(JSON.stringify(given));
      expect(reader(path)(remover(path)(given))).not.toBe(expected);
    });
  });

  it('is looked for in names of up to eight keys', () =>
    expect(reader('a.b.c.d.e.f.g.h.i')({ 'a.b.c.d.e.f.g.h.i': 1 })).toBeUndefined());

  it.each<[string, unknown, unknown[]]>([
    ['items[*][0]', { items: [[1, 2], [3]] }, [1, 3]],
    ['items[*].v', { items: [{ v: 1 }, {}, { v: 3 }] }, [1, 3]],
    ['[*]', [1, [2]], [1, [2]]],
    ['a[*].b[*]', { a: [{ b: [1, 2] }, { b: 3 }, { b: [4] }] }, [1, 2, 4]],
    ['a[*]', { a: 'text' }, []],
    ['a', { a: 1 }, [1]],
  ])('%s leads in %j to each of %j', (path, given, expected) => expect(valuesReader(path)(given)).toEqual(expected));

  it('that leads to each of a list begins with a name as any other', () =>
    expect(() => valuesReader('.a[*]')).toThrow('".a" is no path'));

  it('changes what is written or removed several times in place, once it is a copy', () => {
    const given = { a: { b: 1, list: [1, 2] }, other: {} };
    const before = structuredClone(given);
    const mine: Own = [];
    const one = writer('a.b')(given, 2, mine);
    expect(mine).toEqual([(one as typeof given).a, one]);
    expect(writer('a.c')(one, 3, mine)).toBe(one);
    expect(mine).toHaveLength(2);
    const rest = remover('a.list[0]')(one, mine);
    expect(writer('a.list[0]')(rest, 4, mine)).toBe(rest);
    expect(rest).toEqual({ a: { b: 2, c: 3, list: [4] }, other: {} });
    expect(given).toEqual(before);
  });

  it('goes through objects without a prototype, and past names of the language that the data has', () => {
    const bare = Object.assign(Object.create(null) as object, { a: 1 });
    expect(writer('b')(bare, 2)).toEqual({ a: 1, b: 2 });
    const odd = JSON.parse('{"__proto__":{"x":1},"a":2}') as unknown;
    expect(JSON.stringify(remover('a')(odd))).toBe('{"__proto__":{"x":1}}');
  });

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
