import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { rehearse, type Rehearsal, until } from '../rehearsal.ts';
import { Archive } from './archive.ts';
import { fileOutput } from './file-output.component.ts';
import { RotatingFile } from './rotating-file.ts';

const running: Rehearsal[] = [];
afterEach(async () => {
  for (const output of running.splice(0)) await output.close();
});
const newFolder = (): string => mkdtempSync(join(tmpdir(), 'semstreams-'));
const open = async (config: object, dataDir = newFolder()): Promise<Rehearsal> => {
  const output = rehearse(fileOutput, config, { dataDir });
  running.push(output);
  await output.open();
  return output;
};
const textOf = ({ dataDir }: Rehearsal, name: string): string => readFileSync(join(dataDir, name), 'utf8');

it('writes a line for each message, into folders that it makes', async () => {
  const output = await open({ path: 'logs/flight/log.ndjson' });
  await output.feed([{ text: 'Grüße\n' }, null, [1]]);
  expect(textOf(output, 'logs/flight/log.ndjson')).toBe('{"text":"Grüße\\n"}\nnull\n[1]\n');
  expect(output.facts()).toEqual({ written: 3 });
});

it('goes on below what is there, and ends a line that a power cut has torn', async () => {
  const dataDir = newFolder();
  writeFileSync(join(dataDir, 'log'), '{"a":1}\n{"a":');
  const output = await open({ path: 'log' }, dataDir);
  await output.feed([{ a: 2 }]);
  expect(textOf(output, 'log')).toBe('{"a":1}\n{"a":\n{"a":2}\n');
});

describe('CSV', () => {
  it('has a header and quotes where they are needed', async () => {
    const output = await open({ path: 'log.csv', format: 'csv' });
    await output.feed([{ a: 1, b: 'x, "y"\nz' }, { b: null, a: { c: [1] }, d: 'no column' }, 5]);
    expect(textOf(output, 'log.csv')).toBe('a,b\n1,"x, ""y""\nz"\n"{""c"":[1]}",\n,\n');
  });

  it('keeps the columns of the file over a restart', async () => {
    const first = await open({ path: 'log.csv', format: 'csv' });
    await first.feed([{ a: 1, b: 2 }]);
    await first.close();
    const second = await open({ path: 'log.csv', format: 'csv' }, first.dataDir);
    await second.feed([{ b: 4, a: 3, c: 5 }]);
    expect(textOf(second, 'log.csv')).toBe('a,b\n1,2\n3,4\n');
  });

  it('begins a file of its own for other columns', async () => {
    const first = await open({ path: 'log.csv', format: 'csv', columns: ['a'] });
    await first.feed([{ a: 1 }]);
    await first.close();
    const second = await open({ path: 'log.csv', format: 'csv', columns: ['a', 'b'], gzip: false }, first.dataDir);
    await second.feed([{ a: 2, b: 3 }]);
    expect(textOf(second, 'log.csv')).toBe('a,b\n2,3\n');
    expect(readdirSync(first.dataDir)).toHaveLength(2);
  });

  it('begins every file with the header', async () => {
    const output = await open({ path: 'log.csv', format: 'csv', max_size: '20B', gzip: false });
    for (let n = 0; n < 10; n += 1) await output.feed([{ number: n, text: 'xxxxx' }]);
    await output.close();
    const files = readdirSync(output.dataDir);
    expect(files.length).toBe(10);
    for (const name of files) expect(textOf(output, name)).toMatch(/^number,text\n\d,xxxxx\n$/);
  });
});

describe('a file that is full', () => {
  it('is put aside and packed, and every message is in one of them, once and in order', async () => {
    const output = await open({ path: 'log.ndjson', max_size: '1KB', keep: 100 });
    for (let n = 0; n < 300; n += 1) await output.feed([{ n, text: 'Grüße' }]);
    await output.close();
    const names = readdirSync(output.dataDir);
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => name.endsWith('.gz')).length).toBe(names.length - 1);
    const lines = names.flatMap((name) => {
      const bytes = readFileSync(join(output.dataDir, name));
      expect(name.endsWith('.gz') ? gunzipSync(bytes).length : bytes.length).toBeLessThanOrEqual(1024);
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trimEnd().split('\n');
    });
    const numbers = lines.map((line) => (JSON.parse(line) as { n: number }).n).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 300 }, (_, n) => n));
  });

  it('makes room by the oldest of its own, and of nobody else', async () => {
    const dataDir = newFolder();
    const others = ['log.extra.20200101T000000Z.ndjson', 'log.txt', 'catalog.20200101T000000Z.ndjson'];
    for (const name of others) writeFileSync(join(dataDir, name), 'not mine\n');
    const output = await open({ path: 'log.ndjson', max_size: '20B', keep: 3, gzip: false }, dataDir);
    for (let n = 0; n < 20; n += 1) await output.feed([{ number: n }]);
    await output.close();
    const kept = readdirSync(dataDir).filter((name) => !others.includes(name) && name !== 'log.ndjson');
    const numbers = kept.map((name) => (JSON.parse(textOf(output, name)) as { number: number }).number);
    expect(numbers.sort((a, b) => a - b)).toEqual([16, 17, 18]);
    for (const name of others) expect(existsSync(join(dataDir, name)), name).toBe(true);
  });
});

describe('a file that is old', () => {
  it('is put aside when the next message comes', async () => {
    const folder = newFolder();
    let now = 1_700_000_000_000;
    const path = join(folder, 'log');
    const file = new RotatingFile({ path, maxBytes: 0, maxAgeMs: 60_000, keep: 5, gzip: false, now: () => now });
    await file.open();
    await file.write(Buffer.from('1\n'));
    now += 59_999;
    expect(file.isDue(2)).toBe(false);
    now += 1;
    expect(file.isDue(2)).toBe(true);
    await file.rotate();
    await file.write(Buffer.from('2\n'));
    await file.close();
    expect(readdirSync(folder).sort()).toEqual(['log', 'log.20231114T221420Z']);
  });
});

it('ends what a power cut left half done: packs what is not packed, and drops what is half packed', async () => {
  const dataDir = newFolder();
  writeFileSync(join(dataDir, 'log.20200101T000000Z.ndjson'), '{"a":1}\n');
  writeFileSync(join(dataDir, 'log.20200101T000000Z.ndjson.gz.part'), 'half');
  const output = await open({ path: 'log.ndjson' }, dataDir);
  await output.close();
  expect(readdirSync(dataDir).sort()).toEqual(['log.20200101T000000Z.ndjson.gz', 'log.ndjson']);
  expect(gunzipSync(readFileSync(join(dataDir, 'log.20200101T000000Z.ndjson.gz'))).toString()).toBe('{"a":1}\n');
});

it.each(['never', 'every_batch', 'every_second'])('writes with the sync policy “%s”', async (sync) => {
  const output = await open({ path: 'log', sync });
  await output.feed([1, 2]);
  await output.close();
  expect([textOf(output, 'log'), output.faults]).toEqual(['1\n2\n', []]);
});

describe('what goes wrong', () => {
  it.each([
    ['../outside', /leads out of the data folder/],
    ['nats/jetstream', /belongs to the server itself/],
    ['/proc/none/log', /cannot be used|there is no file/],
  ])('with "%s" is said in a sentence', async (path, sentence) => {
    const output = rehearse(fileOutput, { path });
    await expect(output.open()).rejects.toThrow(sentence);
    await output.close();
  });

  it('is tried again without doubling anything: a full disk', async () => {
    if (!existsSync('/dev/full')) return;
    const output = await open({ path: '/dev/full', max_size: '0B', max_age: '0s', sync: 'never' });
    await expect(output.feed([1])).rejects.toMatchObject({ name: 'TransientFault', message: 'the disk is full' });
  });

  it('takes back the part of a batch that was written', async () => {
    const folder = newFolder();
    const path = join(folder, 'log');
    const file = new RotatingFile({ path, maxBytes: 0, maxAgeMs: 0, keep: 1, gzip: false, now: Date.now });
    await file.open();
    await file.write(Buffer.from('whole\n'));
    const { handle } = file as unknown as { handle: { write: (bytes: Buffer, at: number) => Promise<unknown> } };
    const write = handle.write.bind(handle);
    handle.write = async (bytes, at) => {
      if (at > 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      return write(bytes.subarray(0, 3), 0);
    };
    await expect(file.write(Buffer.from('broken\n'))).rejects.toThrow('no space');
    expect(statSync(path).size).toBe('whole\n'.length);
    handle.write = write;
    await file.write(Buffer.from('again\n'));
    await file.close();
    expect(readFileSync(path, 'utf8')).toBe('whole\nagain\n');
  });
});

it('finds a free name however many files a second are put aside', async () => {
  const folder = newFolder();
  const archive = new Archive(join(folder, 'log.csv'), 5, false);
  for (let n = 0; n < 12; n += 1) writeFileSync(await archive.freeName(1_700_000_000_000), String(n));
  archive.tidy();
  await archive.settled();
  await until('the oldest are gone', () => readdirSync(folder).length === 5);
  const kept = readdirSync(folder).map((name) => Number(readFileSync(join(folder, name), 'utf8')));
  expect(kept.sort((a, b) => a - b)).toEqual([7, 8, 9, 10, 11]);
});
