import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { seriesName } from './figures.ts';
import { HistoryStore, type Values } from './history-store.ts';
import { valueOf } from './short-number.ts';
import { tiers } from './tiers.ts';

const [fine, minutes, hours] = tiers as [(typeof tiers)[0], (typeof tiers)[0], (typeof tiers)[0]];
const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-history-'));
  folders.push(folder);
  return folder;
};
const open = async (
  folder: string,
  { mostBytes = 64 * 1024 ** 2, mayGrow = (): boolean => true, said = [] as string[] } = {},
) => {
  const store = new HistoryStore(folder, mostBytes, { mayGrow, warn: (sentence) => said.push(sentence) });
  await store.load();
  return store;
};
const inOf = seriesName('in');
const valuesOf = (value: number): Values => new Map([['climb', new Map([[inOf, value]])]]);

/** What is kept of a tier, by the number of the cell. */
const kept = async (store: HistoryStore, tier = fine): Promise<Record<number, number>> => {
  const blocks = await store.between(tier, 0, 1e15, () => true);
  const told = blocks.flatMap(({ from, flows }) =>
    [...(flows.get('climb')?.get(inOf) ?? [])].map((short, index): [number, number | undefined] => [
      from + index,
      valueOf(short),
    ]),
  );
  return Object.fromEntries(told.filter((each): each is [number, number] => each[1] !== undefined));
};
const files = (folder: string, tier = fine): string[] =>
  readdirSync(join(folder, tier.name)).map((name) => join(folder, tier.name, name));

it('keeps every cell once, over files and over a start, and makes coarser ones of them', async () => {
  const folder = newFolder();
  const first = await open(folder);
  for (let cell = 0; cell < 500; cell += 1) first.add(cell, valuesOf(cell));
  await first.save();
  const second = await open(folder);
  for (let cell = 500; cell < 800; cell += 1) second.add(cell, valuesOf(cell));
  await second.save();
  const third = await open(folder);
  expect(third.lastMs).toBe(800 * 10_000 - 1);
  for (const store of [second, third]) {
    const found = await kept(store);
    expect(Object.keys(found)).toHaveLength(800);
    for (const [cell, value] of Object.entries(found)) expect(Math.abs(value - Number(cell))).toBeLessThan(4);
    const coarse = await kept(store, minutes);
    expect(Object.keys(coarse)).toHaveLength(134);
    expect(coarse[100]).toBeCloseTo(602.5, -1);
    expect(Object.keys(await kept(store, hours))).toEqual(['0', '1', '2']);
  }
  // a file that is full is one block
  expect(files(folder)).toHaveLength(3);
});

it('has no value where nothing was noted, in whatever fineness', async () => {
  const folder = newFolder();
  const store = await open(folder);
  for (const cell of [0, 1, 2, 40, 41]) store.add(cell, valuesOf(7));
  await store.save();
  expect(Object.keys(await kept(store))).toEqual(['0', '1', '2', '40', '41']);
  expect(Object.keys(await kept(store, minutes))).toEqual(['0', '6']);
  expect(Object.keys(await kept(await open(folder), minutes))).toEqual(['0', '6']);
});

it('a power cut costs the last minute at most, and a block that is damaged itself alone', async () => {
  const folder = newFolder();
  const store = await open(folder);
  for (let cell = 0; cell < 30; cell += 1) {
    store.add(cell, valuesOf(cell));
    if (cell % 6 === 5) await store.save();
  }
  const [file] = files(folder);
  const whole = readFileSync(file!);
  truncateSync(file!, statSync(file!).size - 3);
  const torn = await open(folder);
  expect(Object.keys(await kept(torn))).toHaveLength(24);
  torn.add(30, valuesOf(30));
  await torn.save();
  expect(Object.keys(await kept(await open(folder)))).toHaveLength(25);

  whole[whole.indexOf('SHB1', 4) + 20]! ^= 0xff;
  writeFileSync(file!, whole);
  const damaged = Object.keys(await kept(await open(folder))).map(Number);
  expect([damaged.length, damaged.includes(7), damaged.includes(29)]).toEqual([24, false, true]);
});

it('a file that holds something else is left aside', async () => {
  const folder = newFolder();
  const store = await open(folder);
  for (let cell = 0; cell < 400; cell += 1) store.add(cell, valuesOf(1));
  await store.save();
  writeFileSync(join(folder, fine.name, '0.history'), `SHB1${'x'.repeat(5000)}`);
  writeFileSync(join(folder, fine.name, 'notes.txt'), 'mine');
  expect(Object.keys(await kept(await open(folder)))).toHaveLength(40);
});

it('does not grow while the disk is full, says once what it cannot write, and goes on', async () => {
  const folder = newFolder();
  let isFull = true;
  const store = await open(folder, { mayGrow: () => !isFull });
  for (let cell = 0; cell < 400; cell += 1) store.add(cell, valuesOf(1));
  await store.save();
  expect(store.lost).toBeGreaterThan(300);
  isFull = false;
  await store.save();
  expect(Object.keys(await kept(await open(folder)))).toHaveLength(40);

  const said: string[] = [];
  const other = newFolder();
  writeFileSync(join(other, fine.name), 'a file in its place');
  const hindered = await open(other, { said });
  for (let cell = 0; cell < 30; cell += 1) hindered.add(cell, valuesOf(1));
  await hindered.save();
  expect(said).toEqual(['history cannot be written; it is tried again']);
  expect(Object.keys(await kept(hindered))).toHaveLength(30);
});

it('forgets the oldest where its room ends, and what is older than it is kept for', async () => {
  const folder = newFolder();
  const store = await open(folder, { mostBytes: 40_000 });
  let noise = 1;
  for (let cell = 0; cell < 40 * 360; cell += 1) {
    noise = (noise * 48_271) % 2_147_483_647;
    store.add(cell, valuesOf(noise % 1000));
    if (cell % 360 === 0) await store.save();
  }
  await store.save();
  const sizes = files(folder).map((file) => statSync(file).size);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(12_000);
  const cells = Object.keys(await kept(store)).map(Number);
  expect(cells.at(-1)).toBe(40 * 360 - 1);
  expect(cells[0]).toBeGreaterThan(14_400 - 8640 - 360);
});

/** A block as it would be written, whatever it holds. */
const framed = (body: Buffer): Buffer => {
  const frame = Buffer.alloc(12);
  frame.write('SHB1');
  frame.writeUInt32LE(body.length, 4);
  frame.writeUInt32LE(crc32(body), 8);
  return Buffer.concat([frame, body]);
};
const length = (bytes: number): Buffer => Buffer.from(new Uint32Array([bytes]).buffer);

it.each([
  ['nothing, as of a power cut', framed(Buffer.alloc(0))],
  ['less than a length', framed(Buffer.from('no'))],
  ['a length alone', framed(length(0))],
  ['no JSON', framed(Buffer.concat([length(5), Buffer.from('{"no}')]))],
  ['JSON of another kind', framed(Buffer.concat([length(4), Buffer.from('null')]))],
  ['a length beyond its end', framed(Buffer.concat([length(4_000_000_000), Buffer.from('{}')]))],
])('leaves out a block that holds %s, though its checksum is right', async (_, block) => {
  const folder = newFolder();
  const first = await open(folder);
  for (let cell = 0; cell < 10; cell += 1) first.add(cell, valuesOf(cell));
  await first.save();
  const [file] = files(folder);
  writeFileSync(file!, Buffer.concat([block, readFileSync(file!), block]));
  expect(Object.keys(await kept(await open(folder)))).toHaveLength(10);
});
