import { describe, expect, it } from 'vitest';
import { RecordedMap } from './kept-map.ts';

const begin = (most = 3) => {
  const forgotten: [string, number][] = [];
  const map = new RecordedMap<number>({ most, forgotten: (key, value) => forgotten.push([key, value]) });
  return { map, forgotten };
};

describe('a map that is kept', () => {
  it('is a map, of which the newest entry is the last', () => {
    const { map } = begin();
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    expect([...map.entries()]).toEqual([
      ['b', 2],
      ['a', 3],
    ]);
    expect([map.size, map.get('a'), map.get('x'), map.has('b'), map.has('x')]).toEqual([2, 3, undefined, true, false]);
    expect([map.delete('a'), map.delete('a'), map.size]).toEqual([true, false, 1]);
  });

  it('forgets the oldest where there are too many, and tells of it', () => {
    const { map, forgotten } = begin(2);
    for (const [n, key] of ['a', 'b', 'a', 'c', 'd'].entries()) map.set(key, n);
    expect([...map.entries()]).toEqual([
      ['c', 3],
      ['d', 4],
    ]);
    expect(forgotten).toEqual([
      ['b', 1],
      ['a', 2],
    ]);
    const silent = new RecordedMap<number>({ most: 1 });
    silent.set('a', 1);
    silent.set('b', 2);
    expect(silent.size).toBe(1);
  });

  it('knows what has changed since it was asked last, in that order', () => {
    const { map } = begin(2);
    expect([map.hasChanged, map.takeChanges()]).toEqual([false, []]);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    expect(map.hasChanged).toBe(true);
    expect(map.takeChanges()).toEqual([
      ['b', 2],
      ['a', 3],
    ]);
    expect([map.hasChanged, map.takeChanges()]).toEqual([false, []]);
    map.delete('x');
    expect(map.hasChanged).toBe(false);
    map.set('c', 4);
    map.delete('a');
    expect(map.takeChanges()).toEqual([['c', 4], ['b'], ['a']]);
    map.set('d', 5);
    expect(map.takeAll()).toEqual([
      ['c', 4],
      ['d', 5],
    ]);
    expect(map.hasChanged).toBe(false);
  });

  it('is the same when its changes are applied elsewhere, as far as there is room', () => {
    const { map } = begin(3);
    map.set('a', 1);
    map.set('b', 2);
    const changes = map.takeChanges();
    map.delete('a');
    map.set('b', 3);
    map.set('c', 4);
    const later = map.takeChanges();
    const other = begin(3);
    other.map.apply(changes);
    other.map.apply(later);
    expect([...other.map.entries()]).toEqual([...map.entries()]);
    expect(other.map.hasChanged).toBe(false);
    const small = begin(1);
    small.map.apply(changes);
    expect([[...small.map.entries()], small.forgotten]).toEqual([[['b', 2]], [['a', 1]]]);
    expect(small.map.takeChanges()).toEqual([['a']]);
  });

  it('is empty, with nothing that has changed, once it is cleared', () => {
    const { map } = begin();
    map.set('a', 1);
    map.clear();
    expect([map.size, map.hasChanged]).toEqual([0, false]);
  });
});
