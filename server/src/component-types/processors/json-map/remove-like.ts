import { reader, writer } from '../../../engine/field-path.ts';
import type { Change } from './change.ts';

/** Removes the fields of an object whose names are like a pattern. */
export const removeLike = (pattern: string): Change => {
  const end = pattern.lastIndexOf('.');
  const path = end < 0 ? undefined : pattern.slice(0, end);
  const isLike = likeness(pattern.slice(end + 1));
  const [read, write] = path === undefined ? [undefined, undefined] : [reader(path), writer(path)];
  return (payload, mine) => {
    const holder = read ? read(payload) : payload;
    if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) return payload;
    const entries = Object.entries(holder);
    const kept = entries.filter(([name]) => !isLike(name));
    if (kept.length === entries.length) return payload;
    const rest = Object.fromEntries(kept);
    return write ? write(payload, rest, mine) : rest;
  };
};

/** Whether a name is like a pattern in which "*" stands for any characters; in time that grows with the name alone. */
const likeness = (pattern: string): ((name: string) => boolean) => {
  const [first, ...others] = pattern.split('*') as [string, ...string[]];
  const last = others.pop() ?? '';
  return (name) => {
    if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
    let at = first.length;
    for (const part of others) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= name.length - last.length;
  };
};
