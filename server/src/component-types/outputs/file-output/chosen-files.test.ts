import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { rehearse, type Rehearsal } from '../../../component-kit/testing/rehearsal.ts';
import { SomeFailed } from '../../../engine/fault.ts';
import { Message } from '../../../engine/message.ts';
import { fileOutput } from './file-output.component.ts';
import { fixedFolder, pathTemplateProblem } from './path-template.ts';

const running: Rehearsal[] = [];
afterEach(async () => {
  for (const output of running.splice(0)) await output.close().catch(() => undefined);
});
const newFolder = (): string => mkdtempSync(join(tmpdir(), 'semstreams-'));
const open = async (config: object, dataDir = newFolder(), world: object = {}): Promise<Rehearsal> => {
  const output = rehearse(fileOutput, config, { dataDir, ...world });
  running.push(output);
  await output.open();
  return output;
};
/** Sentences of what failed by the place in the batch. */
const failedOf = async (fed: Promise<unknown>): Promise<Record<string, string>> => {
  const thrown = await fed.then(
    () => new SomeFailed(new Map()),
    (fault: unknown) => fault,
  );
  if (!(thrown instanceof SomeFailed)) throw thrown;
  return Object.fromEntries([...thrown.failed].map(([at, { name, message }]) => [at, `${name}: ${message}`]));
};
const filesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );
const messageAt = (time: number, payload: unknown, headers = {}): Message =>
  new Message(payload, time, 'test', 1, headers);

it('writes a file for each value, in the order in which the messages came', async () => {
  const output = await open({ path: 'logs/{vehicle}/{sensor.name}.ndjson' });
  await output.feed([
    { vehicle: 'a', sensor: { name: 1 }, n: 1 },
    { vehicle: 'b', sensor: { name: 1 }, n: 2 },
    { vehicle: 'a', sensor: { name: 1 }, n: 3 },
  ]);
  expect(filesIn(output.dataDir)).toEqual({
    'logs/a/1.ndjson': '{"vehicle":"a","sensor":{"name":1},"n":1}\n{"vehicle":"a","sensor":{"name":1},"n":3}\n',
    'logs/b/1.ndjson': '{"vehicle":"b","sensor":{"name":1},"n":2}\n',
  });
  expect(output.facts()).toEqual({ written: 3, files: 2, open: 2 });
});

describe('the time in a path', () => {
  const instants = ['2026-03-28T22:59:59Z', '2026-03-28T23:00:00Z', '2026-10-25T00:59:00Z', '2026-10-25T23:00:00Z'];
  it.each<[string, object, readonly string[]]>([
    ['{@date}', {}, ['2026-03-28', '2026-10-25']],
    ['{@date}', { time_zone: 'Europe/Berlin' }, ['2026-03-28', '2026-03-29', '2026-10-25', '2026-10-26']],
    ['{@date}', { time_zone: 'America/New_York' }, ['2026-03-28', '2026-10-24', '2026-10-25']],
    ['{@hour}', { time_zone: '+05:30' }, ['2026-03-29T04', '2026-10-25T06', '2026-10-26T04']],
    ['{@year}-{@month}', {}, ['2026-2026-03', '2026-2026-10']],
  ])('%s %j', async (path, config, expected) => {
    const came = await open({ path, ...config });
    await came.deliver(instants.map((at) => messageAt(Date.parse(at), at)));
    expect(readdirSync(came.dataDir).sort()).toEqual(expected);
    const told = await open({ path, time_field: 'at', ...config });
    await told.deliver(instants.map((at) => messageAt(0, { at })));
    expect(readdirSync(told.dataDir).sort()).toEqual(expected);
  });

  it('is said where a message does not tell it', async () => {
    const output = await open({ path: '{@date}', time_field: 'at' });
    expect(await failedOf(output.feed([{ at: 'soon' }, { at: '2026-01-01' }, {}, { at: 1e300 }]))).toEqual({
      0: 'InvalidMessage: its "at" tells no time, which the path needs',
      2: 'InvalidMessage: its "at" tells no time, which the path needs',
      3: 'InvalidMessage: its "at" tells no time, which the path needs',
    });
    expect(readdirSync(output.dataDir)).toEqual(['2026-01-01']);
    expect(output.facts()).toMatchObject({ written: 1 });
  });
});

it('each value makes one name below the folder, whatever it holds', async () => {
  const dataDir = newFolder();
  const values: readonly (readonly [unknown, string])[] = [
    ['plain', 'plain'],
    ['Grüße 1.5', 'Grüße 1.5'],
    ['../../etc', '%2E./..%2Fetc'.replace('/', '%2F')],
    ['..', '%2E%2E'],
    ['.', '%2E'],
    ['.hidden', '%2Ehidden'],
    ['a/b', 'a%2Fb'],
    ['a%2Fb', 'a%252Fb'],
    ['a\\b', 'a%5Cb'],
    ['a\nb\0', 'a%0Ab%00'],
    ['\u202egnp', '%E2%80%AEgnp'],
    ['C:', 'C%3A'],
    ['con', '%63on'],
    ['NUL.txt', '%4EUL.txt'],
    ['end.', 'end%2E'],
    [' ', '%20'],
    [12345678901, '12345678901'],
    [true, 'true'],
  ];
  const output = await open({ path: 'in/{v}/log' }, dataDir);
  await output.feed(values.map(([v]) => ({ v })));
  expect(readdirSync(join(dataDir, 'in')).sort()).toEqual(values.map(([, name]) => name).sort());
  expect(readdirSync(dataDir)).toEqual(['in']);
});

it('a message that makes no name is refused with its reason, and the others are written', async () => {
  const output = await open({ path: 'in/{v}' });
  const failed = await failedOf(
    output.feed([
      { v: 1 },
      {},
      { v: '' },
      { v: { a: 1 } },
      { v: 'x'.repeat(230) },
      { v: 'x.20261124T153000Z' },
      { v: 'x.part' },
      { v: 'x.gz' },
      { v: '\ud800' },
      { v: 2 },
    ]),
  );
  expect(failed).toEqual({
    1: 'InvalidMessage: the field "v" is missing, and its value is needed',
    2: 'InvalidMessage: the field "v" is empty, and its value is needed',
    3: 'InvalidMessage: the field "v" is no single value, and its value is needed',
    4: expect.stringContaining('has more than the 215 bytes that leave room for old files') as unknown,
    5: expect.stringContaining('is kept for files that are put aside') as unknown,
    6: expect.stringContaining('is kept for files that are put aside') as unknown,
    7: expect.stringContaining('is kept for files that are put aside') as unknown,
    8: expect.stringContaining('no Unicode') as unknown,
  });
  expect(filesIn(output.dataDir)).toEqual({ 'in/1': '{"v":1}\n', 'in/2': '{"v":2}\n' });
});

it('reaches neither what the server keeps nor what a link leads to, nor what is no file', async () => {
  const [dataDir, elsewhere] = [newFolder(), newFolder()];
  mkdirSync(join(dataDir, 'folder'));
  symlinkSync(join(elsewhere, 'stolen'), join(dataDir, 'link'));
  writeFileSync(join(elsewhere, 'there'), '');
  symlinkSync(join(elsewhere, 'there'), join(dataDir, 'other-link'));
  const output = await open({ path: '{v}' }, dataDir);
  const failed = await failedOf(
    output.feed(['access', 'server.pid', 'folder', 'other-link', 'good'].map((v) => ({ v }))),
  );
  expect(failed).toEqual({
    0: 'InvalidMessage: "access" belongs to the server itself',
    1: 'InvalidMessage: "server.pid" belongs to the server itself',
    2: expect.stringMatching(/^InvalidMessage: ".*folder" is a folder/) as unknown,
    3: expect.stringMatching(/^InvalidMessage: .* leads out of/) as unknown,
  });
  await failedOf(output.feed([{ v: 'link' }]));
  expect(filesIn(elsewhere)).toEqual({ there: '' });
  expect(readFileSync(join(dataDir, 'good'), 'utf8')).toBe('{"v":"good"}\n');
});

it('the same holds below a folder that is named from the root', async () => {
  const [folder, elsewhere] = [newFolder(), newFolder()];
  symlinkSync(elsewhere, join(folder, 'way-out'));
  const output = await open({ path: `${folder}/{v}/log` });
  expect(await failedOf(output.feed([{ v: 'way-out' }, { v: 'in' }]))).toEqual({
    0: expect.stringMatching(/leads out of ".*" by a link, and no message chooses that$/) as unknown,
  });
  expect(readdirSync(elsewhere)).toEqual([]);
  expect(existsSync(join(folder, 'in/log'))).toBe(true);
});

it('closes the file that was not used for longest, and goes on below what is there', async () => {
  const output = await open({ path: '{v}.csv', format: 'csv', max_open: 2, sync: 'every_batch' });
  for (const [n, v] of ['a', 'b', 'c', 'a', 'b', 'd', 'a'].entries()) await output.feed([{ v, n }]);
  await output.feed([{ v: 'b', n: 9, late: true }]);
  expect(filesIn(output.dataDir)).toEqual({
    'a.csv': 'v,n\na,0\na,3\na,6\n',
    'b.csv': 'v,n,late\nb,1,\nb,4,\nb,9,true\n',
    'c.csv': 'v,n\nc,2\n',
    'd.csv': 'v,n\nd,5\n',
  });
  expect(output.facts()).toEqual({ written: 8, files: 4, open: 2 });
});

it('each file is put aside by itself, and so many of its own are kept', async () => {
  const output = await open({ path: '{v}', max_size: '20B', keep: 1, gzip: false });
  for (let n = 0; n < 6; n += 1) await output.feed([{ v: 'a', n }, ...(n === 0 ? [{ v: 'b', n }] : [])]);
  await output.close();
  const names = Object.keys(filesIn(output.dataDir)).map((name) => name.replace(/\d{8}T\d{6}Z(-\d+)?/, 'TIME'));
  expect(names).toEqual(['a', 'a.TIME', 'b']);
});

describe('how many files there may be', () => {
  it('is bounded over restarts, and what is refused says what to do', async () => {
    const first = await open({ path: 'in/{v}/log', max_files: 2 });
    expect(await failedOf(first.feed([{ v: 1 }, { v: 2 }, { v: 3 }, { v: 1 }]))).toEqual({
      2: 'InvalidMessage: no file is begun for it: there are 2 files already; remove some, or raise "max_files"',
    });
    await first.close();
    const second = await open({ path: 'in/{v}/log', max_files: 2 }, first.dataDir);
    expect(Object.keys(await failedOf(second.feed([{ v: 3 }, { v: 2 }])))).toEqual(['0']);
    expect(readdirSync(join(first.dataDir, 'in')).sort()).toEqual(['1', '2']);
  });

  it('and there is room again when somebody has removed some', async () => {
    let monotonic = 0;
    const clock = { now: () => 1, monotonic: () => monotonic, wait: async () => Promise.resolve() };
    const output = await open({ path: '{v}.log', max_files: 1 }, newFolder(), { clock });
    await output.feed([{ v: 1 }]);
    expect(Object.keys(await failedOf(output.feed([{ v: 2 }])))).toEqual(['0']);
    rmSync(join(output.dataDir, '1.log'));
    monotonic = 60_000;
    await output.feed([{ v: 2 }]);
    expect(readdirSync(output.dataDir)).toEqual(['2.log']);
  });
});

describe('files that others write', () => {
  it('two outputs with one path of fields are refused', async () => {
    const first = await open({ path: 'in/{v}' });
    await expect(open({ path: 'in/{v}' }, first.dataDir)).rejects.toThrow(
      '"in/{v}" is written by "tested" of the flow "rehearsal" already',
    );
    await first.close();
    await open({ path: 'in/{v}' }, first.dataDir);
  });

  it('a file that another one writes is not written, and the others are', async () => {
    const first = await open({ path: 'in/a' });
    const second = await open({ path: 'in/{v}' }, first.dataDir);
    expect(await failedOf(second.feed([{ v: 'a' }, { v: 'b' }]))).toEqual({
      0: expect.stringContaining('is written by "tested" of the flow "rehearsal" already') as unknown,
    });
    expect(filesIn(first.dataDir)).toEqual({ 'in/a': '', 'in/b': '{"v":"b"}\n' });
  });
});

it('a file that was removed or moved with its folder is begun anew', async () => {
  const output = await open({ path: 'in/{v}/log' });
  await output.feed([{ v: 1 }, { v: 2 }]);
  rmSync(join(output.dataDir, 'in'), { recursive: true });
  await output.feed([{ v: 1, again: true }, { v: 3 }]);
  expect(filesIn(output.dataDir)).toEqual({ 'in/1/log': '{"v":1,"again":true}\n', 'in/3/log': '{"v":3}\n' });
});

it('what cannot be JSON is the fault of its message alone', async () => {
  const output = await open({ path: '{v}' });
  const bad = { v: 1, n: Infinity };
  expect(Object.keys(await failedOf(output.feed([{ v: 1 }, bad, { v: 1, n: 2 }, { v: 2 }])))).toEqual(['1']);
  expect(filesIn(output.dataDir)).toEqual({ 1: '{"v":1}\n{"v":1,"n":2}\n', 2: '{"v":2}\n' });
});

it('waits where the disk is full, and doubles nothing', async () => {
  const dataDir = newFolder();
  const output = await open({ path: '{v}' }, dataDir, { diskStopAt: 1 });
  expect(await failedOf(output.feed([{ v: 1 }, { v: 2 }]))).toEqual({
    0: expect.stringMatching(/^TransientFault: less than 99 %/) as unknown,
    1: expect.stringMatching(/^TransientFault: less than 99 %/) as unknown,
  });
  expect(filesIn(dataDir)).toEqual({ 1: '', 2: '' });
});

it.each([
  ['{v}/{@date}.ndjson', undefined],
  ['/srv/{v}.ndjson', undefined],
  ['{{v}}.ndjson', undefined],
  ['{v', 'a brace has no other one: write {{ and }} for braces that are text'],
  ['{}', '"{}" names no field: write one into the braces, such as {site}'],
  ['/{v}', 'write a folder before the first field, such as "/data/{site}.ndjson"'],
  ['{v}/../x', 'a path with fields in it has no ".."'],
  ['in/{v}/', 'write the name of a file behind the last "/"'],
  ['{v}.part', 'names such as ".part" are kept for files that are put aside'],
  ['{v}.gz', 'names such as ".gz" are kept for files that are put aside'],
  ['{["a/b"]}', 'a field in a path has no "/" in its name: give it another one with "map"'],
])('a path is looked at before it is deployed: %s', (path, problem) => {
  expect(pathTemplateProblem(path)).toBe(problem);
});

it('braces that are text stay braces', async () => {
  const output = await open({ path: '{{v}}/log' });
  await output.feed([1]);
  expect(filesIn(output.dataDir)).toEqual({ '{v}/log': '1\n' });
  expect(fixedFolder('{{v}}/a/{b}/c')).toBe('{v}/a');
});
