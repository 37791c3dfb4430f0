import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checksum } from './checksum.ts';
import { Decoder } from './decoder.ts';

/** Lines with random damage: a short form here, a million with `MUTATED_INPUTS=1000000`. */
const rounds = Number(process.env['MUTATED_INPUTS'] ?? 2000);
const seed = Number(process.env['MUTATED_SEED'] ?? 1);
const patienceMs = 60_000 + rounds * 2;

const linesOf = <Line>(name: string): readonly Line[] =>
  readFileSync(join(import.meta.dirname, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const recorded = [
  ...linesOf<{ sentence: string }>('sentences-of-pynmea2.ndjson').map(({ sentence }) => [sentence]),
  ...linesOf<{ sentences: readonly string[] }>('messages-of-pyais.ndjson').map(({ sentences }) => sentences),
];

/** The next of a row of numbers from 0 to 1 that looks random and is the same for a seed: mulberry32. */
const randomOf = (start: number): (() => number) => {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
const random = randomOf(seed);
const below = (limit: number): number => Math.floor(random() * limit);
const oneOf = <Item>(items: readonly Item[]): Item => items[below(items.length)]!;
const noise = (length: number): string =>
  Array.from({ length }, () => String.fromCharCode(below(256)))
    .join('')
    .replace(/[\r\n\0]/g, '~');
const summed = (body: string): string => `${body}*${checksum(body.slice(1)).toString(16).padStart(2, '0')}`;

/** What may stand where a line is: damaged, made up, or both. */
const damage = (): string => {
  const [line] = oneOf(recorded) as [string];
  const at = below(line.length);
  return oneOf([
    () => noise(below(200)),
    () => line.slice(0, at),
    () => line.slice(at),
    () => line.slice(0, at) + oneOf(recorded)[0]!.slice(below(20)),
    () => `${line.slice(0, at)}${noise(1)}${line.slice(at + 1)}`,
    // what has the right sum and says nonsense
    () =>
      summed(
        `$${oneOf(['GP', 'II', ''])}${oneOf(['RMC', 'GSV', 'XDR', 'ZDA', 'PASHR', 'DTM'])},${noise(below(80)).replaceAll('*', ',')}`,
      ),
    () => summed(`!AIVDM,${below(4)},${below(4)},${below(3)},A,${noise(below(60)).replaceAll('*', '0')},${below(8)}`),
    () =>
      summed(
        `!AIVDM,1,1,,A,${Array.from({ length: below(70) }, () => oneOf([...'0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw'])).join('')},${below(6)}`,
      ),
    () => '*$!\\'.repeat(below(300)),
    () => 'x'.repeat(4000 + below(300)),
  ])();
};

const read = (text: string, ends: readonly number[]) => {
  const payloads: unknown[] = [];
  const counted: string[] = [];
  const decoder = new Decoder({
    sentences: [],
    needsChecksum: true,
    refused: (reason) => counted.push(reason),
    invalid: (sentence) => counted.push(sentence),
  });
  const line = decoder.line((payload) => payloads.push(payload));
  const bytes = Buffer.from(text, 'latin1');
  let from = 0;
  for (const end of [...ends, bytes.length]) {
    line.push(bytes.subarray(from, end), 0);
    from = end;
  }
  line.finish(0);
  // a line that is too long is counted when so much of it has come
  return { payloads, counted: counted.toSorted() };
};

describe('any damage between good lines', () => {
  it('hides none of them, and gives the same however it is cut', { timeout: patienceMs }, () => {
    for (let round = 0; round < rounds; round += 12) {
      const told = `round ${round} of seed ${seed}`;
      const lines = Array.from({ length: 12 }, () => [damage(), oneOf(recorded)] as const);
      // a message whose parts other lines take part in is another one
      const whole = lines.map(([bad, good]) => [bad, good.length > 1 ? [] : good] as const);
      const text = whole
        .flatMap(([bad, good]) => [bad, ...good].map((line) => `${line}${oneOf(['\n', '\r\n', '\r'])}`))
        .join('');
      const good = whole.flatMap(([, line]) => line);
      const found = read(text, []);
      const expected = good.map((line) => read(`${line}\n`, []).payloads[0] as Readonly<Record<string, unknown>>);
      // times depend on what was said before
      const known = new Set(found.payloads.map(withoutTime));
      for (const payload of expected) expect(known, told).toContain(withoutTime(payload));
      const ends = Array.from({ length: 1 + below(40) }, () => below(text.length)).toSorted((a, b) => a - b);
      expect(read(text, ends), told).toEqual(found);
      expect(JSON.parse(JSON.stringify(found.payloads)), told).toEqual(found.payloads);
    }
  });
});

const withoutTime = (payload: unknown): string => {
  const { time: _, ...others } = payload as Record<string, unknown>;
  return JSON.stringify(others);
};
