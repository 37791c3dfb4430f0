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

/** The name of a port, such as `out`. */
export const portNamePattern = /^[a-z][a-z0-9_]{0,62}$/;
export const PortName = z.string().regex(portNamePattern, 'use a-z, 0-9 and "_", starting with a letter, 63 at most');

const reference = /^\$\{([A-Z][A-Z0-9_]*)\}$/;

/** The name of the secret that a text of a config stands for as a whole: `"${FEED_URL}"` stands for `FEED_URL`. */
export const secretNamed = (text: unknown): string | undefined =>
  typeof text === 'string' ? reference.exec(text)?.[1] : undefined;

/** Names of all secrets in a text: the whole text, or in an address any part of it, such as `"wss://host/?key=${KEY}"`. */
export const secretsNamed = (text: unknown): string[] => {
  if (typeof text !== 'string') return [];
  const whole = secretNamed(text);
  if (whole !== undefined) return [whole];
  return text.includes('://') ? [...text.matchAll(/\$\{([A-Z][A-Z0-9_]*)\}/g)].map(([, name]) => name!) : [];
};

/** An id made from any text: `"Drone telemetry!"` becomes `"drone-telemetry"`, letters lose their accents; text without a usable letter becomes `fallback`. */
export const idFrom = (text: string, fallback = 'flow'): string =>
  text
    .normalize('NFKD')
    .replace(/\p{Mark}+/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
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

/** Longer words are no slips of the pen, and looking for what they might mean takes its time. */
const longestWord = 64;
const mostSlips = 4;

/** The word of `known` that is nearest to `word` (edit distance of at most a third of its length, and of four), if there is one. */
export const nearest = (word: string, known: Iterable<string>): string | undefined => {
  if (word.length > longestWord) return undefined;
  const given = word.toLowerCase();
  const rows = [newRow(), newRow(), newRow()] as const;
  let best: string | undefined;
  let most = Math.min(Math.max(1, Math.floor(word.length / 3)), mostSlips);
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) > most) continue;
    const distance = editDistance(given, candidate.toLowerCase(), most, rows);
    if (distance > most) continue;
    [best, most] = [candidate, distance - 1];
    if (most < 0) return best;
  }
  return best;
};

/** One more than the longest candidate has letters; lower case may add some. */
const newRow = (): Uint8Array => new Uint8Array(2 * (longestWord + mostSlips) + 1);
type Rows = readonly [Uint8Array, Uint8Array, Uint8Array];

/**
 * Optimal string alignment distance: single-character edits, and neighbours that changed places. Only what can come to
 * `most` or less is worked out, in `rows`; anything above it means more than that.
 */
const editDistance = (a: string, b: string, most: number, rows: Rows): number => {
  const tooFar = most + 1;
  let [older, last, row] = rows;
  for (let j = 0; j <= b.length; j += 1) last[j] = Math.min(j, tooFar);
  for (let i = 1; i <= a.length; i += 1) {
    const [first, end] = [Math.max(1, i - most), Math.min(b.length, i + most)];
    row[first - 1] = first === 1 ? Math.min(i, tooFar) : tooFar;
    let least = row[first - 1]!;
    for (let j = first; j <= end; j += 1) {
      let distance = last[j - 1]! + (a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1);
      const areSwapped =
        i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
      if (areSwapped && older[j - 2]! + 1 < distance) distance = older[j - 2]! + 1;
      if (last[j]! + 1 < distance) distance = last[j]! + 1;
      if (row[j - 1]! + 1 < distance) distance = row[j - 1]! + 1;
      if (distance > tooFar) distance = tooFar;
      row[j] = distance;
      if (distance < least) least = distance;
    }
    if (end < b.length) row[end + 1] = tooFar;
    if (least > most) return tooFar;
    [older, last, row] = [last, row, older];
  }
  return last[b.length]!;
};
