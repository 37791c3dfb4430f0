import { limits } from '../../../engine/limits.ts';
import { type Change, derived } from './change.ts';
import { type Growth, tooMuchGrowth } from './growth.ts';
import type { StepThat } from './step.ts';

/** Changes of letters. */
export const ofLetters = {
  uppercase: (text: string) => text.toUpperCase(),
  lowercase: (text: string) => text.toLowerCase(),
  trim: (text: string) => text.trim(),
} as const;

/** A text that is changed; what is no text stays as it is. */
export const ofText = (step: StepThat<'text'>, growth: Growth): Change => {
  const change = changing(step, growth);
  return derived(step, (value) => (typeof value === 'string' ? change(value) : value), growth);
};

const changing = (step: StepThat<'text'>, growth: Growth): ((text: string) => unknown) => {
  const { change, find = '', by, separator } = step;
  if (change === 'replace') return (text) => replaced({ text, find, by, growth });
  if (change === 'split') return (text) => cut(text, separator, growth);
  return ofLetters[change];
};

/** Everywhere, and as it stands: nothing in it is a pattern. */
const replaced = (given: { text: string; find: string; by: string; growth: Growth }): string => {
  const { text, find, by, growth } = given;
  if (by.length > find.length) growth.add(occurrences(text, find) * (by.length - find.length));
  return text.replaceAll(find, () => by);
};

const occurrences = (text: string, find: string): number => {
  let count = 0;
  for (let at = text.indexOf(find); at >= 0; at = text.indexOf(find, at + find.length)) count += 1;
  return count;
};

/** What a text in a list takes beside its letters, in bytes, about. */
const bytesOfPart = 32;

/** The parts of a text; none of an empty one. */
const cut = (text: string, separator: string, growth: Growth): readonly string[] => {
  if (text === '') return [];
  const most = limits.growth / bytesOfPart;
  const parts = text.split(separator, most + 1);
  if (parts.length > most) throw tooMuchGrowth();
  growth.add(parts.length * bytesOfPart);
  return parts;
};
