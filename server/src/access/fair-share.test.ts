import { expect, it } from 'vitest';
import { fairShare } from './fair-share.ts';

const stay = (text: string, room: number): string => {
  const stays = fairShare(
    [...text].map((whose) => ({ whose, size: 1 })),
    room,
  );
  return [...text].filter((_, index) => stays[index]).join('');
};

it.each([
  ['abab', 10, 'abab'],
  ['aaaabb', 4, 'aabb'],
  ['abbbbbbbb', 4, 'abbb'],
  ['bbbbbbbba', 4, 'bbba'],
  ['abcdef', 3, 'def'],
  ['aaaa', 0, ''],
])('of %s in room for %i stays %s', (text, room, expected) => expect(stay(text, room)).toBe(expected));
