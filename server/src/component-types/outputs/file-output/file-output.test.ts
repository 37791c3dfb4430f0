import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { fileInput } from '../../inputs/file-input/file-input.component.ts';
import { Archive } from './archive.ts';
import { DiskReserve } from '../../../component-kit/files/disk-reserve.ts';
import { fileOutput } from './file-output.component.ts';
import { RotatingFile } from './rotating-file.ts';

const running: Rehearsal[] = [];
afterEach(async () => {
  for (const output of running.splice(0)) await output.close();
});
/** What a file that nobody else writes is given. */
const alone = { writer: { flow: 'test', component: 'out' }, isTorn: () => true };
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

const circle: Record<string, unknown> = {};
circle['itself'] = circle;
it.each([
  { format: 'json_lines', payload: circle },
  { format: 'json_lines', payload: { n: 1n } },
  { format: 'json_lines', payload: { n: Infinity } },
  { format: 'csv', payload: { n: circle } },
  { format: 'csv', payload: { n: 1n } },
  { format: 'csv', payload: { n: [Infinity] } },
])(
  'what cannot be written is the fault of its message, not of the file: $format $payload',
  async ({ format, payload }) => {
    const output = await open({ path: 'log', format });
    await expect(output.feed([payload])).rejects.toMatchObject({ name: 'InvalidMessage' });
    await output.feed([{ n: 2 }]);
    expect(textOf(output, 'log')).toMatch(format === 'csv' ? /^n\n2\n$/ : /^{"n":2}\n$/);
  },
);

it('goes on below what is there, and takes away a line that a power cut has torn', async () => {
  const dataDir = newFolder();
  writeFileSync(join(dataDir, 'log'), '{"a":1}\n{"a":');
  const output = await open({ path: 'log' }, dataDir);
  await output.feed([{ a: 2 }]);
  expect(textOf(output, 'log')).toBe('{"a":1}\n{"a":2}\n');
});

it('writes nothing at the end of a link that leads out of the data folder, though there is no file yet', async () => {
  const elsewhere = newFolder();
  const dataDir = newFolder();
  symlinkSync(join(elsewhere, 'new'), join(dataDir, 'link'));
  symlinkSync('link', join(dataDir, 'link-to-it'));
  for (const path of ['link', 'link-to-it'])
    await expect(open({ path }, dataDir)).rejects.toThrow('leads out of the data folder by a link');
  expect(readdirSync(elsewhere)).toEqual([]);
});

it.each(['{"a":1}', 'text of somebody else', '[2024-01-01] more of it'])(
  'ends a last line that is whole, or was not written by it: %s',
  async (line) => {
    const dataDir = newFolder();
    writeFileSync(join(dataDir, 'log'), line);
    const output = await open({ path: 'log' }, dataDir);
    await output.feed([{ a: 2 }]);
    expect(textOf(output, 'log')).toBe(`${line}\n{"a":2}\n`);
  },
);

describe('CSV', () => {
  it('has a header and quotes where they are needed', async () => {
    const output = await open({ path: 'log.csv', format: 'csv' });
    await output.feed([{ a: 1, b: 'x, "y"\nz' }, { b: null, a: { c: [1] }, d: 'no column' }, 5]);
    expect(textOf(output, 'log.csv')).toBe('a,b,d,value\n1,"x, ""y""\nz",,\n"{""c"":[1]}",,no column,\n,,,5\n');
  });

  it('keeps the columns of the file over a restart', async () => {
    const first = await open({ path: 'log.csv', format: 'csv' });
    await first.feed([{ a: 1, b: 2 }]);
    await first.close();
    const second = await open({ path: 'log.csv', format: 'csv' }, first.dataDir);
    await second.feed([{ b: 4, a: 3, c: 5 }]);
    expect(textOf(second, 'log.csv')).toBe('a,b,c\n1,2,\n3,4,5\n');
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
    const file = new RotatingFile({
      path,
      maxBytes: 0,
      maxAgeMs: 60_000,
      keep: 5,
      gzip: false,
      ...alone,
      now: () => now,
    });
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

  it('is put aside, too, where the clock was set back by more than that, behind those of before', async () => {
    const folder = newFolder();
    let now = 1_700_000_000_000;
    const given = { maxBytes: 0, maxAgeMs: 60_000, keep: 2, gzip: false, ...alone, now: () => now };
    const file = new RotatingFile({ path: join(folder, 'log'), ...given });
    await file.open();
    for (const text of ['1', '2', '3', '4']) {
      await file.write(Buffer.from(`${text}\n`));
      now -= 86_400_000;
      expect(file.isDue(2)).toBe(true);
      await file.rotate();
    }
    await file.close();
    const kept = readdirSync(folder).filter((name) => name.startsWith('log.'));
    expect(kept.map((name) => readFileSync(join(folder, name), 'utf8')).sort()).toEqual(['3\n', '4\n']);
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
    ['marks/x', /belongs to the server itself/],
    ['instance', /belongs to the server itself/],
    ['restore-journal.json', /belongs to the server itself/],
  ])('refuses "%s" as a setting', (path, sentence) => {
    expect(() => rehearse(fileOutput, { path }, { dataDir: newFolder() })).toThrow(sentence);
  });

  it.each([
    ['/proc/none/log', /cannot be used|there is no file/],
    ['/dev/full', /is a device: only ordinary files/],
    ['pipe', /is a pipe: only ordinary files/],
    ['folder', /is a folder/],
    ['/proc/self/comm', /belongs to the system/],
  ])('with "%s" is said in a sentence', async (path, sentence) => {
    const dataDir = newFolder();
    mkdirSync(join(dataDir, 'folder'));
    execFileSync('mkfifo', [join(dataDir, 'pipe')]);
    const output = rehearse(fileOutput, { path }, { dataDir });
    await expect(output.open()).rejects.toThrow(sentence);
    await output.close();
  });

  it('takes back the part of a batch that was written', async () => {
    const folder = newFolder();
    const path = join(folder, 'log');
    const file = new RotatingFile({ path, maxBytes: 0, maxAgeMs: 0, keep: 1, gzip: false, ...alone, now: Date.now });
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

describe('what others do with the file meanwhile', () => {
  it.each<[string, (path: string) => void, string]>([
    ['it is removed', (path) => rmSync(path), '{"n":2}\n{"n":3}\n'],
    ['it is moved', (path) => renameSync(path, `${path}.1`), '{"n":2}\n{"n":3}\n'],
    [
      'it is moved, and another one made',
      (path) => {
        renameSync(path, `${path}.1`);
        writeFileSync(path, '');
      },
      '{"n":2}\n{"n":3}\n',
    ],
    ['it is emptied', (path) => truncateSync(path), '{"n":2}\n{"n":3}\n'],
    ['its folder is removed', (path) => rmSync(dirname(path), { recursive: true }), '{"n":2}\n{"n":3}\n'],
    ['nothing', () => undefined, '{"n":1}\n{"n":2}\n{"n":3}\n'],
  ])('messages go to the path: %s', async (_, happens, expected) => {
    const output = await open({ path: 'd/log.ndjson' });
    await output.feed([{ n: 1 }]);
    happens(join(output.dataDir, 'd/log.ndjson'));
    await output.feed([{ n: 2 }]);
    await output.feed([{ n: 3 }]);
    expect(textOf(output, 'd/log.ndjson')).toBe(expected);
  });

  it('gives a file of CSV that was emptied its header', async () => {
    const output = await open({ path: 'log.csv', format: 'csv' });
    await output.feed([{ a: 1 }]);
    truncateSync(join(output.dataDir, 'log.csv'));
    await output.feed([{ a: 2 }]);
    expect(textOf(output, 'log.csv')).toBe('a\n2\n');
  });

  it('fails in words where a pipe takes its place', async () => {
    const output = await open({ path: 'log' });
    rmSync(join(output.dataDir, 'log'));
    execFileSync('mkfifo', [join(output.dataDir, 'log')]);
    await expect(output.feed([1])).rejects.toMatchObject({ name: 'FatalFault' });
  });
});

describe('a file has one writer', () => {
  const one = async () => open({ path: 'both/log.ndjson' });

  it.each<[string, (dataDir: string) => string]>([
    ['the same path', () => 'both/log.ndjson'],
    ['the same path, written differently', () => './both/../both//log.ndjson'],
    ['its whole path', (dataDir) => join(dataDir, 'both/log.ndjson')],
    [
      'a link',
      (dataDir) => {
        symlinkSync(join(dataDir, 'both/log.ndjson'), join(dataDir, 'link'));
        return 'link';
      },
    ],
    [
      'a link to its folder',
      (dataDir) => {
        symlinkSync(join(dataDir, 'both'), join(dataDir, 'other'));
        return 'other/log.ndjson';
      },
    ],
    [
      'a hard link',
      (dataDir) => {
        linkSync(join(dataDir, 'both/log.ndjson'), join(dataDir, 'hard'));
        return 'hard';
      },
    ],
  ])('and says who it is: %s', async (_, pathOf) => {
    const first = await one();
    const path = pathOf(first.dataDir);
    await expect(open({ path }, first.dataDir)).rejects.toThrow(
      'is written by "tested" of the flow "rehearsal" already: a file has one writer, so choose another name',
    );
    await first.close();
    await open({ path }, first.dataDir);
  });

  it('and keeps it through its rotations', async () => {
    const first = await open({ path: 'log', max_size: '10B' });
    for (let n = 0; n < 5; n += 1) await first.feed([{ n }]);
    await expect(open({ path: 'log' }, first.dataDir)).rejects.toThrow('already');
  });

  it('and nobody reads it in the same flow: its messages would come back for ever', async () => {
    const first = await one();
    for (const mode of ['once', 'tail']) {
      const input = rehearse(fileInput, { path: 'both/log.ndjson', mode }, { dataDir: first.dataDir });
      running.push(input);
      await input.open();
      await until('it says so', () => input.faults.length > 0);
      expect(input.faults[0]!.message).toMatch(/is written by "tested" of this flow: it would read its own messages/);
    }
  });
});

it('keeps out of the reserve of the disk, and goes on when there is room', async () => {
  const dataDir = newFolder();
  let now = 0;
  const reserve = (stopAt: number) => new DiskReserve({ path: join(dataDir, 'log'), dataDir, stopAt }, () => now);
  await expect(reserve(1).take(1)).rejects.toMatchObject({
    name: 'TransientFault',
    message: expect.stringMatching(
      /^less than 99 % of the disk of ".*log" is free: it goes on when there is room$/,
    ) as unknown,
  });
  const roomy = reserve(100);
  await roomy.take(1000);
  now += 10_000;
  await roomy.take(1000);
  const output = rehearse(fileOutput, { path: 'log' }, { dataDir, diskStopAt: 1 });
  running.push(output);
  await output.open();
  await expect(output.feed([1])).rejects.toMatchObject({ name: 'TransientFault' });
  expect(textOf(output, 'log')).toBe('');
});

describe('columns', () => {
  it('are read by their paths', async () => {
    const output = await open({
      path: 'log.csv',
      format: 'csv',
      columns: ['time', 'position.lat', 'position.lon', 'a.b'],
    });
    await output.feed([{ time: 1, position: { lat: 53.2, lon: 5.4 }, 'a.b': 'as it stands' }]);
    expect(textOf(output, 'log.csv')).toBe('time,position.lat,position.lon,a.b\n1,53.2,5.4,as it stands\n');
  });

  it('may have names with line ends, over a restart too', async () => {
    const first = await open({ path: 'log.csv', format: 'csv' });
    await first.feed([{ 'a\nb': 1, c: 2 }]);
    await first.close();
    const second = await open({ path: 'log.csv', format: 'csv' }, first.dataDir);
    await second.feed([{ 'a\nb': 3, c: 4 }]);
    expect(textOf(second, 'log.csv')).toBe('"a\nb",c\n1,2\n3,4\n');
    expect(readdirSync(first.dataDir)).toEqual(['log.csv']);
  });

  it('come with the fields that come late', async () => {
    const output = await open({ path: 'log.csv', format: 'csv' });
    await output.feed([{ a: 'x\ny' }]);
    await output.feed([{ a: 2, b: 3 }]);
    await output.feed([{ c: 4 }]);
    expect(textOf(output, 'log.csv')).toBe('a,b,c\n"x\ny",,\n2,3,\n,,4\n');
  });
});
