import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { fileInput } from './file-input.component.ts';
import { nothingYet } from '../../../component-kit/files/place.ts';
import { PlaceKeeper } from '../../../component-kit/files/place-keeper.ts';

let dataDir: string;
let running: Rehearsal[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'semstreams-'));
});
afterEach(async () => {
  for (const input of running) await input.close();
  running = [];
  rmSync(dataDir, { recursive: true });
});

const path = (name: string): string => join(dataDir, name);
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, n) => `{"n":${from + n},"text":"some more of it"}\n`).join('');
const numbers = (inputs: readonly Rehearsal[]): number[] =>
  inputs.flatMap((input) => input.payloads()).map((payload) => (payload as { n: number }).n);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

const start = async (config: object, emit?: () => Promise<void>): Promise<Rehearsal> => {
  const input = rehearse(fileInput, config, { dataDir, ...(emit && { emit }) });
  running.push(input);
  await input.open();
  return input;
};
const said = (input: Rehearsal, words: RegExp): Promise<void> =>
  until(`it says ${words.source}`, () => input.reports.some((report) => words.test(report)) || input.faults.length > 0);
const follow = async (): Promise<Rehearsal> => {
  const input = await start({ path: 'app.log', mode: 'tail' });
  await said(input, /Following|no file/);
  return input;
};
const count = (inputs: readonly Rehearsal[], expected: number): Promise<void> =>
  until(`${expected} are there`, () => numbers(inputs).length >= expected);

describe('a followed file', () => {
  const between: [string, () => void][] = [
    ['nothing happens', () => undefined],
    ['lines are added', () => appendFileSync(path('app.log'), lines(20, 30))],
    [
      'it is put aside and another one begins',
      () => {
        appendFileSync(path('app.log'), lines(20, 25));
        renameSync(path('app.log'), path('app.log.1'));
        writeFileSync(path('app.log'), lines(25, 30));
      },
    ],
    [
      'it is put aside twice',
      () => {
        appendFileSync(path('app.log'), lines(20, 23));
        renameSync(path('app.log'), path('app.log.2'));
        writeFileSync(path('app.log.1'), lines(23, 27));
        writeFileSync(path('app.log'), lines(27, 30));
      },
    ],
    [
      'it is copied and emptied',
      () => {
        appendFileSync(path('app.log'), lines(20, 28));
        copyFileSync(path('app.log'), path('app.log.1'));
        truncateSync(path('app.log'));
        appendFileSync(path('app.log'), lines(28, 30));
      },
    ],
    [
      'it is put aside and packed',
      () => {
        appendFileSync(path('app.log'), lines(20, 26));
        writeFileSync(path('app.log.1.gz'), gzipSync(readFileSync(path('app.log'))));
        rmSync(path('app.log'));
        writeFileSync(path('app.log'), lines(26, 30));
      },
    ],
    [
      'a copy takes its place',
      () => {
        copyFileSync(path('app.log'), path('other'));
        appendFileSync(path('other'), lines(20, 30));
        renameSync(path('other'), path('app.log'));
      },
    ],
    [
      'it is put aside, and the next one is not there yet',
      () => {
        appendFileSync(path('app.log'), lines(20, 30));
        renameSync(path('app.log'), path('app.log.1'));
      },
    ],
  ];

  it.each(between)('gives each line once, in order, where meanwhile %s', async (_, happens) => {
    writeFileSync(path('app.log'), 'what stands there already\n');
    const first = await follow();
    appendFileSync(path('app.log'), lines(0, 20));
    await count([first], 20);
    await first.close();
    happens();
    const second = await follow();
    const expected = happens.toString().includes('undefined') ? 20 : 30;
    await count([first, second], expected);
    appendFileSync(path('app.log'), lines(expected, expected + 5));
    await count([first, second], expected + 5);
    expect(numbers([first, second])).toEqual(upTo(expected + 5));
  });

  it('does so where it was emptied while it runs, after a copy was made', async () => {
    writeFileSync(path('app.log'), '');
    const input = await follow();
    appendFileSync(path('app.log'), lines(0, 10));
    await count([input], 10);
    // both within one look
    appendFileSync(path('app.log'), lines(10, 15));
    copyFileSync(path('app.log'), path('app.log.1'));
    truncateSync(path('app.log'));
    appendFileSync(path('app.log'), lines(15, 40));
    await count([input], 40);
    expect(numbers([input])).toEqual(upTo(40));
  });

  it('begins at the first line of a file that came while it did not run', async () => {
    const first = await follow();
    await first.close();
    writeFileSync(path('app.log'), lines(0, 3));
    const second = await follow();
    await count([second], 3);
  });

  it('loses and repeats nothing over stops while a program writes', async () => {
    writeFileSync(path('app.log'), '');
    const inputs = [await follow()];
    let written = 0;
    const writing = setInterval(() => {
      if (written < 300) appendFileSync(path('app.log'), lines(written, (written += 3)));
    }, 5);
    for (let stops = 0; stops < 5; stops += 1) {
      await count(inputs, (stops + 1) * 40);
      await inputs.at(-1)!.close();
      inputs.push(await follow());
    }
    await count(inputs, 300);
    clearInterval(writing);
    expect(numbers(inputs)).toEqual(upTo(300));
  });

  it('gives a line whole that was begun before', async () => {
    writeFileSync(path('app.log'), '{"n":-1}\n{"n":');
    const input = await follow();
    appendFileSync(path('app.log'), '0}\n{"n":1}\n');
    await count([input], 2);
    expect(numbers([input])).toEqual([0, 1]);
  });
});

describe('a CSV file that is followed', () => {
  const config = { path: 'log.csv', format: 'csv', mode: 'tail' };
  const row = (n: number): string => `2024-05-01T10:0${n}:00Z,2${n}.5,${n}\n`;
  const record = (n: number) => ({ time: `2024-05-01T10:0${n}:00Z`, temp: 20 + n + 0.5, hum: n });

  it('has its names in its first line, wherever reading begins and whatever happens to it', async () => {
    writeFileSync(path('log.csv'), `time,temp,hum\n${row(0)}`);
    const first = await start(config);
    await said(first, /Following/);
    appendFileSync(path('log.csv'), row(1));
    await until('one is there', () => first.emitted.length === 1);
    truncateSync(path('log.csv'));
    appendFileSync(path('log.csv'), row(2));
    await until('two are there', () => first.emitted.length === 2);
    await first.close();
    renameSync(path('log.csv'), path('log.csv.1'));
    writeFileSync(path('log.csv'), `time,temp,hum\n${row(3)}`);
    const second = await start(config);
    await until('the third is there', () => second.emitted.length === 1);
    renameSync(path('log.csv'), path('log.csv.2'));
    writeFileSync(path('log.csv'), `time,hum,temp\n2024-05-01T10:04:00Z,4,24.5\n`);
    await until('the fourth is there', () => second.emitted.length === 2);
    expect([...first.payloads(), ...second.payloads()]).toEqual([1, 2, 3, 4].map(record));
    expect([...first.invalid, ...second.invalid]).toEqual([]);
  });

  it('is not held back for long by a quote that nobody closes', async () => {
    writeFileSync(path('log.csv'), 'id,name\n');
    const input = await start(config);
    await said(input, /Following/);
    appendFileSync(path('log.csv'), '1,"broken\n2,valve\n3,pump\n');
    await until('the others are there', () => input.emitted.length === 2);
    expect([input.payloads(), input.invalid, input.raws]).toEqual([
      [
        { id: 2, name: 'valve' },
        { id: 3, name: 'pump' },
      ],
      ['line 1 is no CSV: a quote is not closed'],
      ['1,"broken'],
    ]);
  });
});

describe.each([{ mode: 'once' }, { mode: 'replay', time_field: 'n', speed: 10_000 }])(
  'a file that is read $mode',
  (config) => {
    const read = async (): Promise<Rehearsal> => {
      const input = await start({ path: 'rows', ...config });
      await said(input, /Read to the end|read to the end before/);
      return input;
    };

    it('is read once, however often it is started', async () => {
      writeFileSync(path('rows'), lines(0, 50));
      const first = await read();
      await first.close();
      const second = await read();
      expect([numbers([first, second]), second.reports]).toEqual([
        upTo(50),
        ['running: It was read to the end before: set "remember" to false to read it at each start'],
      ]);
    });

    it('is read on where it grew, and anew where it changed', async () => {
      writeFileSync(path('rows'), lines(0, 50));
      await (await read()).close();
      appendFileSync(path('rows'), lines(50, 60));
      const grown = await read();
      await grown.close();
      writeFileSync(path('rows'), lines(7, 9));
      const changed = await read();
      expect([numbers([grown]), numbers([changed])]).toEqual([upTo(60).slice(50), [7, 8]]);
    });

    it('goes on behind what was handed on, where it ended in between', async () => {
      writeFileSync(path('rows'), lines(0, 10_000));
      let batches = 0;
      const first = await start({ path: 'rows', ...config }, async () => {
        if ((batches += 1) === 7) throw new Error('what comes behind cannot go on');
      });
      await until('it fails', () => first.faults.length > 0);
      await first.close();
      const second = await read();
      expect(numbers([first, second])).toEqual(upTo(10_000));
      expect(first.emitted.length).toBeGreaterThan(0);
    });
  },
);

it('reads at each start where nothing is to be remembered', async () => {
  writeFileSync(path('rows'), lines(0, 3));
  const config = { path: 'rows', remember: false };
  for (let starts = 0; starts < 2; starts += 1) {
    const input = await start(config);
    await said(input, /Read to the end: 3/);
    await input.close();
  }
});

it('reads a file anew whose content is to be read in another way', async () => {
  writeFileSync(path('rows'), 'a;b\n1;2\n');
  const first = await start({ path: 'rows', format: 'csv' });
  await said(first, /Read to the end/);
  await first.close();
  const second = await start({ path: 'rows', format: 'csv', delimiter: ';' });
  await said(second, /Read to the end/);
  expect(second.payloads()).toEqual([{ a: 1, b: 2 }]);
});

describe('a packed file', () => {
  const packed = (to: number): Buffer => gzipSync(lines(0, to));

  it('that is cut gives what can be read once, is named, and is read on when it is whole', async () => {
    const whole = packed(2000);
    writeFileSync(path('cut.ndjson.gz'), whole.subarray(0, whole.length >> 1));
    const first = await start({ path: 'cut.ndjson.gz' });
    await said(first, /^waiting: ".*cut\.ndjson\.gz" is cut: .*; \d+ records were read/);
    await first.close();
    const second = await start({ path: 'cut.ndjson.gz' });
    await said(second, /is cut/);
    expect(second.emitted).toEqual([]);
    writeFileSync(path('cut.ndjson.gz'), whole);
    await said(second, /Read to the end/);
    expect(first.emitted.length).toBeGreaterThan(0);
    expect(numbers([first, second])).toEqual(upTo(2000));
    expect([first.faults, second.faults]).toEqual([[], []]);
  });

  it('whose checksum is wrong gives its records once, and is named', async () => {
    const whole = packed(2000);
    whole[whole.length - 8]! ^= 1;
    writeFileSync(path('wrong.gz'), whole);
    const input = await start({ path: 'wrong.gz' });
    await said(input, /^waiting: ".*wrong\.gz" is damaged/);
    expect(input.emitted.length).toBeGreaterThan(0);
    expect(numbers([input])).toEqual(upTo(input.emitted.length));
  });

  it.each([
    ['zeros', Buffer.alloc(1000), '', {}],
    ['another member', packed(1), '', {}],
    [
      'other bytes',
      Buffer.from('-- end --'),
      '; 9 bytes behind the end of what is packed were passed over',
      { behind_end: 1 },
    ],
  ])('gives all that it holds, whatever stands behind its end: %s', async (what, behind, words, drops) => {
    writeFileSync(path('behind.gz'), Buffer.concat([packed(3), behind]));
    const input = await start({ path: 'behind.gz' });
    const records = what === 'another member' ? [0, 1, 2, 0] : [0, 1, 2];
    await said(input, new RegExp(`^running: Read to the end: ${records.length} records${words}$`));
    expect([numbers([input]), input.drops, input.faults]).toEqual([records, drops, []]);
  });

  it.each(['', 'ff'])('that is empty or ends within its header gives nothing, in words', async (hex) => {
    writeFileSync(path('short.gz'), Buffer.from(hex === '' ? '' : `1f8b08${hex}`, 'hex'));
    const input = await start({ path: 'short.gz' });
    await said(input, hex === '' ? /^running: Read to the end: 0 records$/ : /^waiting: ".*short\.gz" is cut/);
  });

  it('is known by its first bytes, whatever its name is', async () => {
    writeFileSync(path('packed.ndjson.1'), packed(3));
    const input = await start({ path: 'packed.ndjson.1' });
    await said(input, /Read to the end/);
    expect(numbers([input])).toEqual([0, 1, 2]);
  });

  it.each([
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
    ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
    ['zip', [0x50, 0x4b, 3, 4]],
    ['bzip2', [...Buffer.from('BZh91AY&SY')]],
  ])('of %s is refused by name', async (name, bytes) => {
    writeFileSync(path('rows'), Buffer.from(bytes));
    const input = await start({ path: 'rows' });
    await until('it fails', () => input.faults.length > 0);
    expect(input.faults[0]!.message).toMatch(new RegExp(`^".*/rows" is packed with ${name}: unpack it`));
  });

  it('that unpacks to a thousand times its size takes no memory', async () => {
    writeFileSync(path('bomb.gz'), gzipSync(Buffer.alloc(200 * 1024 ** 2), { level: 9 }));
    const before = process.memoryUsage().rss;
    const input = await start({ path: 'bomb.gz' });
    await said(input, /Read to the end/);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 ** 2);
    expect(input.drops).toEqual({ too_long: 1 });
  });
});

describe('what is no ordinary file', () => {
  it.each([
    ['a named pipe', 'pipe', /is a pipe: only ordinary files/],
    ['a link to a named pipe', 'link', /is a pipe: only ordinary files/],
    ['a device', '/dev/zero', /is a device: only ordinary files/],
    ['a folder', 'folder', /is a folder/],
    ['what the kernel makes up', '/proc/self/environ', /belongs to the system/],
    ['a link in a circle', 'circle', /circle/],
    ['something below a file', 'file/x', /no folder/],
  ])('is refused, not waited for: %s', async (_, name, words) => {
    execFileSync('mkfifo', [path('pipe')]);
    symlinkSync(path('pipe'), path('link'));
    symlinkSync(path('circle'), path('circle'));
    mkdirSync(path('folder'));
    writeFileSync(path('file'), '');
    for (const mode of ['once', 'tail', 'replay']) {
      const input = await start({ path: name, mode });
      await until('it says so', () => input.faults.length > 0 || (mode === 'tail' && input.reports.length > 0));
      expect(input.faults[0]?.message ?? input.reports[0]).toMatch(words);
      await input.close();
    }
  });

  it.each([
    ['a\0b', 'a path holds no NUL character'],
    [`logs/${'x'.repeat(256)}`, 'has more than 255 bytes'],
  ])('is a finding where no file can have the name: %j', (name, words) => {
    expect(fileInput.config.safeParse({ path: name }).error?.issues[0]?.message).toContain(words);
  });

  it('is a finding where no line has room', () => {
    expect(fileInput.config.safeParse({ path: 'a', max_line: '0B' }).error?.issues[0]?.message).toContain(
      'name the longest',
    );
  });
});

describe('the place of a file', () => {
  const given = () => ({ dataDir, flow: 'flow', component: 'in' });
  const place = { ...nothingYet('key'), offset: 7 };

  it('is the one before where the last one was half written', async () => {
    const keeper = new PlaceKeeper(given());
    await keeper.open();
    await keeper.note(place);
    await keeper.note({ ...place, offset: 8 });
    await keeper.close();
    const file = path('places/flow/in');
    const bytes = readFileSync(file);
    bytes.fill('x', 60, 70);
    writeFileSync(file, bytes);
    expect(await new PlaceKeeper(given()).open()).toEqual(place);
  });

  it('is none where nothing of it can be read', async () => {
    mkdirSync(path('places/flow'), { recursive: true });
    writeFileSync(path('places/flow/in'), 'nonsense');
    expect(await new PlaceKeeper(given()).open()).toBeUndefined();
  });
});
