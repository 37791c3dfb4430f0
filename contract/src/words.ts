import { z } from 'zod';

/** What an id of a flow or of a component looks like. It names streams, files and metrics, so it stays plain. */
export const Id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'use a-z, 0-9, "_" and "-", starting with a letter or a digit, 63 at most')
  .meta({ id: 'Id', description: 'Lower-case letters, digits, "_" and "-"; 63 characters at most.' });

/** The id of a component type, such as `json_filter`. */
export const TypeId = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, 'use a-z, 0-9 and "_", starting with a letter')
  .meta({ id: 'TypeId', description: 'snake_case id of a component type.' });

/** An id made from any text: `"Drone telemetry!"` becomes `"drone-telemetry"`; text without a usable letter becomes `fallback`. */
export const idFrom = (text: string, fallback = 'flow'): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^[-_]+|[-_]+$/g, '')
    .slice(0, 63) || fallback;

/** The first of `id`, `id-2`, `id-3`, … that is not `taken`. */
export const freeId = (id: string, taken: ReadonlySet<string>): string => {
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? id : `${id.slice(0, 58)}-${n}`;
    if (!taken.has(candidate)) return candidate;
  }
};

/** The word of `known` that is nearest to `word` (edit distance of at most a third of its length), if there is one. */
export const nearest = (word: string, known: Iterable<string>): string | undefined => {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
};

/** Optimal string alignment distance: single-character edits, and neighbours that changed places. */
const editDistance = (a: string, b: string): number => {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const areSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = areSwapped ? rows[i - 2]![j - 2]! + 1 : Infinity;
      row.push(Math.min(replaced, swapped, rows[i - 1]![j]! + 1, row[j - 1]! + 1));
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
};
