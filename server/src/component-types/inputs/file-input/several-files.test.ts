import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { smallDisk } from '../../../component-kit/testing/small-disk.ts';
import { fileOutput } from '../../outputs/file-output/file-output.component.ts';
import { fileInput } from './file-input.component.ts';
import { fileInputConfig } from './file-input-config.ts';
import { folderOfPattern, isUnfinished, matcherOf } from './file-pattern.ts';

let dataDir: string;
let running: Rehearsal[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'semstreams-'));
});
afterEach(async () => {
  for (const one of running) await one.close();
  running = [];
  rmSync(dataDir, { recursive: true });
});

const path = (name: string): string => join(dataDir, name);
const put = (name: string, content: string | Buffer): void => {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), content);
};
const lines = (name: string, from: number, to: number): string =>
  Array.from(
    { length: to - from },
    (_, n) => `{"f":"${name}","n":${from + n},"text":"some more of what it holds"}\n`,
  ).join('');
const start = async (config: object, emit?: () => Promise<void>): Promise<Rehearsal> => {
  const input = rehearse(fileInput, { path: 'in/*', settle: '0s', ...config }, { dataDir, ...(emit && { emit }) });
  running.push(input);
  await input.open();
  return input;
};
const stop = async (input: Rehearsal): Promise<void> => {
  running = running.filter((one) => one !== input);
  await input.close();
};
/** What was read, as `a0` for the first line of the file that was `a`. */
const read = (...inputs: readonly Rehearsal[]): string[] =>
  inputs.flatMap((input) =>
    input.payloads().map((payload) => {
      const { f, n } = payload as { f: string; n: number };
      return `${f}${n}`;
    }),
  );
const waiting = (input: Rehearsal, files: number): Promise<void> =>
  until(`${files} files are read`, () => input.facts()['files'] === files);
const upTo = (name: string, from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, n) => `${name}${from + n}`);

it.each<[string, string, readonly string[], readonly string[]]>([
  ['logs/*.csv', 'logs', ['a.csv', '.csv', 'a b.csv'], ['a.csv.gz', 'x/a.csv', 'acsv']],
  ['logs/**/*.csv', 'logs', ['a.csv', 'x/a.csv', 'x/y/a.csv'], ['a.txt', 'x/a.csv/b']],
  ['logs/**', 'logs', ['a', 'x/a', 'x/y/a'], []],
  ['logs/', 'logs', ['a', 'a.csv'], ['x/a']],
  ['/srv/*/day-*-*.log', '/srv', ['x/day-1-2.log', 'x/day--.log'], ['day-1-2.log', 'x/day-1.log', 'x/day-.log']],
  ['*a*a*b', '', ['aab', 'xaxaxb', `${'a'.repeat(250)}b`], ['ab', 'a'.repeat(255)]],
  ['a(1)+[x]*', '', ['a(1)+[x]', 'a(1)+[x].csv'], ['a1x', 'a(1)']],
])('%s names files below "%s"', (pattern, folder, yes, no) => {
  expect(folderOfPattern(pattern)).toBe(folder);
  const matches = matcherOf(pattern);
  expect({ yes: yes.filter(matches), no: no.filter(matches) }).toEqual({ yes, no: [] });
});

it.each([
  ['in/../*', {}, 'a path for several files has no ".."'],
  ['**/a/**', {}, '"**" stands once in a path'],
  ['/*.csv', {}, 'write a folder before the first "*", such as "/srv/logs/*.csv"'],
  ['../*.csv', {}, 'leads out of the data folder'],
  ['access/*', {}, 'belongs to the server itself'],
  ['in/*', { mode: 'tail' }, 'are read "once"'],
  ['in/*', { when_read: 'move' }, 'name the folder into which files are moved'],
  ['in/*', { when_read: 'move', move_to: './in/' }, 'files cannot be moved to where they are'],
  ['in/*', { when_read: 'move', move_to: 'nats/x' }, 'belongs to the server itself'],
  ['in/*', { move_to: 'done' }, 'with "when_read: move" only'],
])('says before it is deployed what is wrong with %s %j', (pattern, more, sentence) => {
  const { error } = fileInputConfig.safeParse({ path: pattern, ...more });
  expect(error?.issues.map(({ message }) => message).join()).toContain(sentence);
});

it.each(['x.part', 'X.PART', '.x', 'x.tmp', 'x.csv~', 'x.crdownload', 'x.gz.part'])(
  '%s is still being written',
  (name) => {
    expect(isUnfinished(name)).toBe(true);
  },
);

it('reads all files in their order, each line once, and says where each is from', async () => {
  for (const name of ['b', 'c', 'a']) put(`in/${name}`, lines(name, 0, 3));
  put('in/deeper/d', lines('d', 0, 3));
  put('in/x.part', lines('x', 0, 3));
  const input = await start({ new_files: false });
  await until('it is at the end', () => input.reports.some((said) => said.includes('Read to the end: 9 records')));
  expect(read(input)).toEqual([...upTo('a', 0, 3), ...upTo('b', 0, 3), ...upTo('c', 0, 3)]);
  expect(new Set(input.emitted.map(({ headers }) => headers['path']))).toEqual(new Set(['in/a', 'in/b', 'in/c']));
});

it('reads by the time of the last change', async () => {
  for (const name of ['b', 'c', 'a']) {
    put(`in/${name}`, lines(name, 0, 1));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const input = await start({ order: 'time' });
  await waiting(input, 3);
  expect(read(input)).toEqual(['b0', 'c0', 'a0']);
});

it('takes new files, and what is added, as they come', async () => {
  const input = await start({ path: 'in/**' });
  await until('it waits for the folder', () => input.reports.some((said) => said.includes('in" yet')));
  put('in/a', lines('a', 0, 2));
  await waiting(input, 1);
  put('in/x/y/b', lines('b', 0, 2));
  await waiting(input, 2);
  appendFileSync(path('in/a'), lines('a', 2, 4));
  await waiting(input, 3);
  expect(read(input)).toEqual([...upTo('a', 0, 2), ...upTo('b', 0, 2), ...upTo('a', 2, 4)]);
});

it('leaves a file alone that is still being written', async () => {
  put('in/a', lines('a', 0, 1));
  const input = await start({ settle: '5s' });
  for (let n = 1; n < 8; n += 1) {
    appendFileSync(path('in/a'), lines('a', n, n + 1));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await waiting(input, 1);
  expect(read(input)).toEqual(upTo('a', 0, 8));
});

describe('each file keeps its place', () => {
  const between: [string, () => void, readonly string[]][] = [
    ['nothing happens', () => undefined, []],
    ['one has grown', () => appendFileSync(path('in/a'), lines('a', 20, 25)), upTo('a', 20, 25)],
    ['one has another name', () => renameSync(path('in/a'), path('in/z')), []],
    [
      'one has another name and has grown',
      () => {
        renameSync(path('in/a'), path('in/c'));
        appendFileSync(path('in/c'), lines('a', 20, 25));
      },
      upTo('a', 20, 25),
    ],
    [
      'all are rotated',
      () => {
        renameSync(path('in/a'), path('in/a.1'));
        put('in/a', lines('n', 0, 3));
      },
      upTo('n', 0, 3),
    ],
    [
      'one is copied and emptied',
      () => {
        copyFileSync(path('in/a'), path('in/a.1'));
        truncateSync(path('in/a'));
        put('in/a', lines('n', 0, 3));
      },
      upTo('n', 0, 3),
    ],
    [
      'one is packed under another name',
      () => {
        put('in/a.1.gz', gzipSync(readFileSync(path('in/a'))));
        rmSync(path('in/a'));
      },
      [],
    ],
    [
      'one is packed that begins alike and is another one',
      () => {
        put('in/c.gz', gzipSync(lines('a', 0, 10) + lines('c', 0, 20)));
        rmSync(path('in/a'));
      },
      [...upTo('a', 0, 10), ...upTo('c', 0, 20)],
    ],
    ['another one is new', () => put('in/c', lines('c', 0, 4)), upTo('c', 0, 4)],
    ['one was written anew', () => put('in/b', lines('m', 0, 30)), upTo('m', 0, 30)],
  ];
  it.each(between)('while it is stopped and %s', async (_, meanwhile, expected) => {
    put('in/a', lines('a', 0, 20));
    put('in/b', lines('b', 0, 20));
    const first = await start({});
    await waiting(first, 2);
    await stop(first);
    meanwhile();
    put('in/last', lines('last', 0, 1));
    const second = await start({});
    await until('the last one is read', () => read(second).includes('last0'));
    expect(read(second)).toEqual([...expected, 'last0']);
  });

  it('in the middle of one, and reads that to its end', async () => {
    put('in/a', lines('a', 0, 700));
    put('in/b', lines('b', 0, 1200));
    let batches = 0;
    let hold: () => void = () => undefined;
    const first = await start({}, async () => {
      batches += 1;
      if (batches === 4) await new Promise<void>((resolve) => (hold = resolve));
    });
    await until('it is in the second one', () => batches === 4);
    const closed = stop(first);
    hold();
    await closed;
    const second = await start({});
    await until('all is read', () => read(second).includes('b1199'));
    expect(new Set(read(first, second)).size).toBe(1900);
    expect(read(first, second)).toHaveLength(1900);
  });

  it('unless it is told not to remember', async () => {
    put('in/a', lines('a', 0, 3));
    for (let turns = 0; turns < 2; turns += 1) {
      const input = await start({ remember: false });
      await waiting(input, 1);
      expect(read(input)).toHaveLength(3);
      await stop(input);
    }
  });
});

describe('what was read', () => {
  it('is moved, and gets a number where its name is taken', async () => {
    put('done/a.csv', 'of somebody else');
    put('in/a.csv', lines('a', 0, 2));
    const input = await start({ when_read: 'move', move_to: 'done' });
    await until('it is moved', () => readdirSync(path('in')).length === 0);
    put('in/a.csv', lines('a', 0, 2));
    await until('it is moved again', () => existsSync(path('done/a-2.csv')));
    expect(read(input)).toEqual(['a0', 'a1', 'a0', 'a1']);
    expect(readFileSync(path('done/a.csv'), 'utf8')).toBe('of somebody else');
    expect(readdirSync(path('done')).sort()).toEqual(['a-1.csv', 'a-2.csv', 'a.csv']);
  });

  it('is deleted, and the same again is read again, over restarts too', async () => {
    for (let turns = 0; turns < 3; turns += 1) {
      const input = await start({ when_read: 'delete' });
      put('in/a', lines('a', 0, 2));
      await until('it is away', () => !existsSync(path('in/a')));
      expect(read(input)).toEqual(['a0', 'a1']);
      await stop(input);
    }
  });

  it('stays until all of it is handed on', async () => {
    put('in/a', lines('a', 0, 2));
    let letGo: (() => void) | undefined;
    const input = await start({ when_read: 'delete' }, async () => new Promise<void>((resolve) => (letGo = resolve)));
    await until('it is handed on', () => letGo !== undefined);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(existsSync(path('in/a'))).toBe(true);
    letGo!();
    await until('it is away', () => !existsSync(path('in/a')));
    expect(read(input)).toEqual(['a0', 'a1']);
  });

  it('is a file of one name too', async () => {
    put('in/a.b', lines('a', 0, 2));
    put('in/b', lines('b', 0, 2));
    const input = await start({ path: 'in/a.b', when_read: 'delete' });
    await until('it is away', () => !existsSync(path('in/a.b')));
    expect(read(input)).toEqual(['a0', 'a1']);
    expect(readdirSync(path('in'))).toEqual(['b']);
  });
});

describe('one that cannot be read harms only itself', () => {
  const bad: [string, () => void, RegExp][] = [
    ['it is cut', () => put('in/b.gz', gzipSync(lines('b', 0, 500)).subarray(0, 100)), /b\.gz" is cut/],
    ['its name lies', () => put('in/b.gz', 'plain text'), /b\.gz" is no gzip file/],
    ['it is packed otherwise', () => put('in/b', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0])), /packed with zstd/],
  ];
  it.each(bad)('%s', async (_, make, sentence) => {
    put('in/a', lines('a', 0, 2));
    make();
    put('in/c', lines('c', 0, 2));
    const input = await start({});
    await until('it is named', () =>
      input.reports.some((said) => said.includes('1 cannot be read') && sentence.test(said)),
    );
    expect(read(input).filter((line) => !line.startsWith('b'))).toEqual(['a0', 'a1', 'c0', 'c1']);
    expect(input.facts()).toMatchObject({ files: 2, unreadable: 1 });
    expect(input.faults).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)('the rights are lacking, until they are given', async () => {
    put('in/a', lines('a', 0, 2));
    put('in/b', lines('b', 0, 2));
    chmodSync(path('in/a'), 0);
    const input = await start({});
    await until('it is named', () =>
      input.reports.some((said) => /a" may not be used: the server lacks the rights/.test(said)),
    );
    chmodSync(path('in/a'), 0o600);
    await waiting(input, 2);
    expect(read(input)).toEqual(['b0', 'b1', 'a0', 'a1']);
  });

  it('a packed one that is whole later is read on where it was cut', async () => {
    const whole = gzipSync(Array.from({ length: 4000 }, (_, n) => `{"f":"a","n":${n},"x":${Math.sin(n)}}\n`).join(''));
    put('in/a.gz', whole.subarray(0, whole.length / 2));
    const input = await start({});
    await until('it is named', () => input.facts()['unreadable'] === 1);
    expect(read(input).length).toBeGreaterThan(500);
    put('in/a.gz', whole);
    await waiting(input, 1);
    expect(read(input)).toEqual(upTo('a', 0, 4000));
  });
});

it('follows no link, and reads nothing that the server keeps', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'semstreams-'));
  writeFileSync(join(elsewhere, 'a'), lines('secret', 0, 2));
  put('access/users.json', lines('secret', 0, 2));
  put('nats/x/y', lines('secret', 0, 2));
  put('in/a', lines('a', 0, 2));
  symlinkSync(elsewhere, path('in/folder'));
  symlinkSync(join(elsewhere, 'a'), path('in/link'));
  const input = await start({ path: '**', when_read: 'delete' });
  await until('it is away', () => !existsSync(path('in/a')));
  const looks = input.reports.length;
  await until('it has looked twice more', () => input.reports.length >= looks + 2);
  expect(read(input)).toEqual(['a0', 'a1']);
  expect([
    existsSync(join(elsewhere, 'a')),
    existsSync(path('access/users.json')),
    existsSync(path('nats/x/y')),
  ]).toEqual([...[true, true, true]]);
  rmSync(elsewhere, { recursive: true });
});

it('does not read what its own flow writes', async () => {
  const output = rehearse(fileOutput, { path: 'in/{f}.out' }, { dataDir });
  running.push(output);
  await output.open();
  await output.feed([{ f: 'x', n: 0 }]);
  put('in/a', lines('a', 0, 2));
  const input = await start({});
  await until('it is named', () => input.reports.some((said) => said.includes('"in/x.out" is written by "tested"')));
  expect(read(input)).toEqual(['a0', 'a1']);
});

it('reads each file as its name ends', async () => {
  put('in/a.csv', 'f,n\na,0\n');
  put('in/b.csv', 'n;f\n');
  put('in/c.ndjson.gz', gzipSync('{"f":"c","n":0}\n'));
  put('in/d.json', '[{"f":"d","n":0},\n{"f":"d","n":1}]');
  put('in/e.exe', 'what is it');
  const input = await start({ format: 'by_name' });
  await until('it is named', () => input.reports.some((said) => /"e\.exe" does not say what is in it/.test(said)));
  expect(read(input)).toEqual(['a0', 'c0', 'd0', 'd1']);
});

it('a folder of hundreds of files is read, each once', async () => {
  mkdirSync(path('in'));
  for (let n = 0; n < 400; n += 1) writeFileSync(path(`in/${n}`), `{"f":"x","n":${n}}\n`);
  const input = await start({});
  await waiting(input, 400);
  expect(new Set(read(input)).size).toBe(400);
  expect(input.emitted).toHaveLength(400);
}, 60_000);

it('reads on beside a full disk, remembers all while it runs, and writes it down when there is room', async (context) => {
  const disk = smallDisk(1);
  context.skip(disk === undefined, 'it takes root');
  const { folder, fill, makeRoom } = disk!;
  const begin = async (): Promise<Rehearsal> => {
    const input = rehearse(fileInput, { path: 'in/*', settle: '0s' }, { dataDir: folder });
    running.push(input);
    await input.open();
    return input;
  };
  mkdirSync(join(folder, 'in'));
  for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, 'in', `${name}.ndjson`), lines(name, 0, 100));
  fill();
  const first = await begin();
  const all = 300;
  await until('all is read', () => first.emitted.length === all);
  await until('it says so', () => first.reports.some((each) => each.includes('cannot be kept: the disk is full')));
  makeRoom();
  appendFileSync(join(folder, 'in', 'c.ndjson'), lines('c', 100, 200));
  await until('what was added is read', () => first.emitted.length === all + 100);
  await until('it can be kept again', () => !first.reports.at(-1)!.includes('cannot be kept'));
  await stop(first);
  expect([first.faults, first.facts()]).toEqual([[], { records: all + 100, files: 4, unreadable: 0 }]);
  const second = await begin();
  appendFileSync(join(folder, 'in', 'a.ndjson'), lines('a', 100, 101));
  await until('what was added is read', () => second.emitted.length > 0);
  expect(read(second)).toEqual(['a100']);
});
