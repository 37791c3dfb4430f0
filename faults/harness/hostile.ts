/** A line that somebody sends who means harm, or knows no better; `n` is its number, where it can have one. */
type Hostile = (n: number, random: () => number) => string | Buffer;

const nested = (n: number, levels: number, open: string, close: string): string =>
  `{"n":${n},"a":${open.repeat(levels)}0${close.repeat(levels)}}`;
const between = (random: () => number, least: number, most: number): number =>
  Math.floor(least + random() * (most - least));

/** Lines of up to a megabyte, which is the longest that `tcp_input` takes by itself, and a little beyond. */
export const hostileLines: Readonly<Record<string, Hostile>> = {
  'deep lists': (n, random) => nested(n, between(random, 300, 400_000), '[', ']'),
  'deep objects': (n, random) => nested(n, between(random, 300, 100_000), '{"b":', '}'),
  'never closed': (n, random) => `{"n":${n},"a":${'['.repeat(between(random, 1, 900_000))}`,
  'a long text': (n, random) => `{"n":${n},"more":"${'x'.repeat(between(random, 1, 1_200_000))}"}`,
  'many short values': (n, random) => `{"n":${n},"more":[${'0,'.repeat(between(random, 1, 450_000))}0]}`,
  'many empty lists': (n, random) => `{"n":${n},"more":[${'[],'.repeat(between(random, 1, 300_000))}0]}`,
  'many fields': (n, random) =>
    `{"n":${n},${Array.from({ length: between(random, 1, 50_000) }, (_, index) => `"f${index}":${index}`).join(',')}}`,
  'what doubles': (n, random) => `{"n":${n},"text":"${'ab'.repeat(between(random, 1, 400_000))}"}`,
  'a NUL in a text': (n) => `{"n":${n},"text":"\\u0000"}`,
  'a bare NUL': (n) => Buffer.from(`{"n":${n},"text":"\0"}`),
  'no UTF-8': (n) => Buffer.from([...Buffer.from(`{"n":${n},"text":"`), 0xff, 0xc0, 0x80, ...Buffer.from('"}')]),
  'half a character': (n) => `{"n":${n},"text":"\\ud800"}`,
  'a prototype': (n) => `{"n":${n},"__proto__":{"n":-1},"constructor":{"prototype":{"n":-1}},"text":"x"}`,
  'numbers beyond all': (n) => `{"n":${n},"more":[1e400,-1e400,1e-400,${'9'.repeat(400)}]}`,
  'the same field twice': (n) => `{"n":-5,"text":1,"text":"x","n":${n}}`,
  'no JSON': () => '{"n":',
  'no object': () => '7',
  nothing: () => 'null',
};
