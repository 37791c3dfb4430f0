import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { count, expectedOf, recording, recordingPath } from '../../../component-kit/testing/recordings.ts';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { fileInput } from './file-input.component.ts';
import { timeReader } from '../../../component-kit/fields/time-reader.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-'));
const running: Rehearsal[] = [];
afterEach(async () => {
  for (const input of running.splice(0)) await input.close();
});

const start = async (config: object): Promise<Rehearsal> => {
  const input = rehearse(fileInput, config, { dataDir });
  running.push(input);
  await input.open();
  return input;
};

/** Reads a file to its end. */
const readWhole = async (config: object): Promise<Rehearsal> => {
  const input = await start(config);
  await until(
    'it is read',
    () => input.reports.some((report) => report.includes('Read to the end')) || input.faults.length > 0,
  );
  expect(input.faults).toEqual([]);
  return input;
};
const write = (name: string, content: string | Buffer): string => {
  writeFileSync(join(dataDir, name), content);
  return name;
};
/** The values of one field. */
const column = (input: Rehearsal, name: string): number[] =>
  input.payloads().map((payload) => (payload as Readonly<Record<string, number>>)[name]!);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('once', () => {
  it('reads edits as they streamed by', async () => {
    const expected = expectedOf<Record<string, number>>('wiki-edits.ndjson');
    const input = await readWhole({ path: recordingPath('ndjson/wiki-edits.ndjson') });
    expect({
      records: input.emitted.length,
      sum_added: sum(column(input, 'added')),
      sum_delta: sum(column(input, 'delta')),
      cityName_not_null: column(input, 'cityName').filter((name) => name !== null).length,
      distinct_users: new Set(column(input, 'user')).size,
    }).toEqual(
      Object.fromEntries(
        ['records', 'sum_added', 'sum_delta', 'cityName_not_null', 'distinct_users'].map((key) => [key, expected[key]]),
      ),
    );
    expect([input.invalid, input.drops]).toEqual([[], {}]);
  });

  it('keeps integers beyond 2^53 in what passes unchanged', async () => {
    const input = await readWhole({ path: recordingPath('ndjson/tweets.ndjson') });
    const lines = recording('ndjson/tweets.ndjson')
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '');
    expect(input.emitted.map(({ json }) => json)).toEqual(lines);
    const tweets = input.payloads() as { id: number; id_str: string }[];
    expect(tweets.filter(({ id, id_str }) => BigInt(id) === BigInt(id_str))).toHaveLength(76);
    expect(sum(column(input, 'retweet_count'))).toBe(7122);
  });

  it('reads CSV with a header', async () => {
    const expected = expectedOf<{ data_rows: number; columns: { value: { sum: number } } }>('machine-temperature.csv');
    const input = await readWhole({ path: recordingPath('csv/machine-temperature.csv'), format: 'csv' });
    expect(input.emitted).toHaveLength(expected.data_rows);
    expect(sum(column(input, 'value'))).toBeCloseTo(expected.columns.value.sum, 3);
    expect(column(input, 'value').filter((value) => value > 100)).toHaveLength(1586);
    expect(input.payloads()[0]).toEqual({ timestamp: '2013-12-02 21:15:00', value: 73.96732207 });
  });

  it('calls the numbers of rows that the header lacks “row”', async () => {
    const expected = expectedOf<{ rows_by_occupancy: object }>('room-occupancy.csv');
    const input = await readWhole({ path: recordingPath('csv/room-occupancy.csv'), format: 'csv' });
    expect(count(column(input, 'Occupancy'))).toEqual(expected.rows_by_occupancy);
    expect(column(input, 'CO2').filter((value) => value > 1000)).toHaveLength(974);
    expect(input.payloads()[0]).toMatchObject({ row: 1, date: '2015-02-04 17:51:00', Temperature: 23.18 });
    expect(input.invalid).toEqual([]);
  });

  it.each(['harbour-gofree', 'sail-plaka'])('reads the lines of %s', async (name) => {
    const expected = expectedOf<{ lines: number; sentences_by_address: object }>(`${name}.nmea`);
    const input = await readWhole({ path: recordingPath(`nmea/${name}.nmea`), format: 'text' });
    const lines = input.payloads() as { line: string; number: number }[];
    expect(count(lines.map(({ line }) => line.slice(1, 6)))).toEqual(expected.sentences_by_address);
    expect(lines.at(-1)!.number).toBe(expected.lines);
    expect(lines.some(({ line }) => line.endsWith('\r'))).toBe(false);
  });

  it('reads a MAVLink recording', async () => {
    const expected = expectedOf<{ frames_by_message: object }>('sitl-copter.tlog');
    const input = await readWhole({ path: recordingPath('mavlink/sitl-copter.tlog'), format: 'tlog' });
    expect(count(column(input, 'message'))).toEqual(expected.frames_by_message);
    expect(input.drops).toEqual({});
  });

  it('tells which lines it cannot use, and goes on', async () => {
    const path = write('mixed.ndjson', '\uFEFF{"a":1}\n\n{"a":\n  {"a":2}  \r\n"text"\nnull\n[1]');
    const input = await readWhole({ path });
    expect(input.payloads()).toEqual([{ a: 1 }, { a: 2 }, 'text', null, [1]]);
    expect(input.invalid).toEqual([expect.stringMatching(/^line 3 is no JSON/)]);
  });

  it('drops lines that are too long, and counts them', async () => {
    const path = write('long.ndjson', `{"a":1}\n"${'x'.repeat(300_000)}"\n{"a":2}\n"${'y'.repeat(2000)}"\n`);
    const input = await readWhole({ path, max_line: '1KB' });
    expect([input.payloads(), input.drops]).toEqual([[{ a: 1 }, { a: 2 }], { too_long: 2 }]);
  });

  it.each([
    ['no-such-file', /^there is no file ".*no-such-file"$/],
    ['sub', /is a folder/],
  ])('says in a sentence that "%s" cannot be read', async (path, sentence) => {
    mkdirSync(join(dataDir, 'sub'), { recursive: true });
    const input = rehearse(fileInput, { path }, { dataDir });
    running.push(input);
    const failed = await input.open().then(
      async () => {
        await until('it fails', () => input.faults.length > 0);
        return input.faults[0]!.message;
      },
      (thrown: Error) => thrown.message,
    );
    expect(failed).toMatch(sentence);
  });

  it('says that a packed file is damaged', async () => {
    const path = write('damaged.gz', Buffer.from('this is not packed'));
    const input = await start({ path });
    await until('it fails', () => input.faults.length > 0);
    expect(input.faults[0]!.message).toMatch(/is no gzip file, whatever its name says$/);
  });

  it.each(['../outside', 'link/passwd', 'nats/password', 'backups/x', 'server.pid', `${dataDir}/nats/password`])(
    'does not read %s',
    async (path) => {
      if (path.startsWith('link')) symlinkSync('/etc', join(dataDir, 'link'));
      const open = async () => rehearse(fileInput, { path }, { dataDir }).open();
      await expect(open()).rejects.toThrow(/leads out of the data folder|belongs to the server itself/);
    },
  );
});

describe('CSV', () => {
  const read = async (text: string, config: object = {}) =>
    readWhole({ path: write('table.csv', text), format: 'csv', ...config });

  it.each<[string, string, object, unknown[]]>([
    ['quotes', 'a,b\n"x, y","say ""hi"""\n', {}, [{ a: 'x, y', b: 'say "hi"' }]],
    [
      'fields over several lines',
      'a,b\n"one\ntwo",2\n3,4\n',
      {},
      [
        { a: 'one\ntwo', b: 2 },
        { a: 3, b: 4 },
      ],
    ],
    ['another delimiter', 'a;b\n1;2\n', { delimiter: ';' }, [{ a: 1, b: 2 }]],
    ['no numbers where none are wanted', 'a\n007\n1\n', { numbers: false }, [{ a: '007' }, { a: '1' }]],
    [
      'numbers only where they are exact',
      'a\n007\n1e3\n9007199254740993\n1e999\n-0.5\n',
      {},
      [{ a: '007' }, { a: '1e3' }, { a: '9007199254740993' }, { a: '1e999' }, { a: -0.5 }],
    ],
    [
      'a byte order mark, CR LF and no last line end',
      '\uFEFFa,b\r\n1,2\r\n3,4',
      {},
      [
        { a: 1, b: 2 },
        { a: 3, b: 4 },
      ],
    ],
  ])('knows %s', async (_, text, config, expected) => expect((await read(text, config)).payloads()).toEqual(expected));

  it('loses only the line whose quote nobody closes', async () => {
    const input = await read('a,b\n1,2\n"broken,3\n4,5\n6,7\n');
    expect(input.payloads()).toEqual([
      { a: 1, b: 2 },
      { a: 4, b: 5 },
      { a: 6, b: 7 },
    ]);
    expect(input.invalid).toEqual([expect.stringContaining('line 3 is no CSV')]);
  });

  it('tells rows that have too many or too few fields', async () => {
    const input = await read('a,b\n1,2\n1\n1,2,3\n3,4\n');
    expect(input.payloads()).toEqual([
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ]);
    expect(input.invalid).toEqual(['line 3 has 1 fields, the header has 2', 'line 4 has 3 fields, the header has 2']);
  });

  it('does nothing to the language with a column that is called like a part of it', async () => {
    const [row] = (await read('__proto__,constructor\n1,2\n')).payloads() as object[];
    expect(Object.keys(row!)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['constructor']).toBe(Object);
  });
});

describe('following', () => {
  const path = (name: string) => join(dataDir, name);
  const numbersOf = (input: Rehearsal) => input.payloads().map((payload) => (payload as { n: number }).n);
  const line = (n: number) => `{"n":${n}}\n`;

  it('takes what is added, and a line only when it is whole', async () => {
    write('grows', line(0));
    const input = await start({ path: 'grows', mode: 'tail' });
    await until('it follows', () => input.reports.length === 1);
    appendFileSync(path('grows'), `${line(1)}{"n":`);
    await until('the whole line is there', () => input.emitted.length === 1);
    appendFileSync(path('grows'), '2}\n');
    await until('the second line is there', () => input.emitted.length === 2);
    expect(numbersOf(input)).toEqual([1, 2]);
  });

  it('takes what stands there already where that is wanted', async () => {
    write('stands', line(1) + line(2));
    const input = await start({ path: 'stands', mode: 'tail', from_start: true });
    await until('both are there', () => input.emitted.length === 2);
  });

  it('loses nothing when the file is put aside and another one begins', async () => {
    write('rotates', '');
    const input = await start({ path: 'rotates', mode: 'tail' });
    await until('it follows', () => input.reports.length === 1);
    for (let n = 0; n < 10; n += 1) {
      appendFileSync(path('rotates'), line(2 * n));
      // written at the last moment, and put aside before anybody can have looked
      appendFileSync(path('rotates'), line(2 * n + 1));
      renameSync(path('rotates'), path(`rotates.${n}`));
      writeFileSync(path('rotates'), '');
      await until('the new one is followed', () => input.reports.length === n + 2);
    }
    expect(numbersOf(input)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  it('begins anew when the file is emptied', async () => {
    write('emptied', '');
    const input = await start({ path: 'emptied', mode: 'tail' });
    await until('it follows', () => input.reports.length === 1);
    appendFileSync(path('emptied'), line(1) + line(2));
    await until('two are there', () => input.emitted.length === 2);
    truncateSync(path('emptied'));
    appendFileSync(path('emptied'), line(3));
    await until('the third is there', () => input.emitted.length === 3);
  });

  it('waits for a file that is not there yet, and for one that went away', async () => {
    const input = await start({ path: 'later', mode: 'tail' });
    await until('it says so', () => input.reports[0] === `waiting: there is no file "${path('later')}" yet`);
    write('later', line(1));
    await until('one is there', () => input.emitted.length === 1);
    rmSync(path('later'));
    write('later', line(2));
    await until('two are there', () => input.emitted.length === 2);
    expect(numbersOf(input)).toEqual([1, 2]);
  });

  it.each([
    [{ path: 'a.tlog', format: 'tlog' }, 'a MAVLink recording cannot be followed'],
    [{ path: 'a.ndjson.gz' }, 'a packed file cannot be followed'],
  ])('refuses %j', (config, sentence) => {
    const parsed = fileInput.config.safeParse({ ...config, mode: 'tail' });
    expect(parsed.error?.issues[0]?.message).toContain(sentence);
  });
});

describe('replay', () => {
  it('is never faster than it was recorded', async () => {
    const lines = recording('ndjson/wiki-edits.ndjson').toString('utf8').split('\n').slice(0, 201);
    const times = lines.map((each) => Date.parse((JSON.parse(each) as { time: string }).time));
    const path = write('edits.ndjson', lines.join('\n'));
    const speed = 1000;
    const startedAt = performance.now();
    await readWhole({ path, mode: 'replay', speed });
    expect(performance.now() - startedAt).toBeGreaterThan((Math.max(...times) - times[0]!) / speed - 20);
  });

  it('begins again where that is wanted', async () => {
    const path = write('short.csv', 'time,n\n2015-01-01 00:00:00,1\n2015-01-01 00:00:01,2\n');
    const input = await start({ path, format: 'csv', mode: 'replay', speed: 1000, loop: true });
    await until('it began again', () => input.emitted.length >= 6);
    await input.close();
    expect(input.payloads().slice(2, 4)).toEqual(input.payloads().slice(0, 2));
  });

  it('reads a MAVLink recording again and again, and lets others work meanwhile', async () => {
    const input = await start({
      path: recordingPath('mavlink/px4-quad.tlog'),
      format: 'tlog',
      mode: 'replay',
      speed: 0,
      loop: true,
    });
    await until('it began again', () => input.emitted.length > 2 * 2116);
    await input.close();
  });

  it('says that nothing in the file tells the time, instead of running through it for ever', async () => {
    const path = write('timeless.ndjson', '{"a":1}\n{"a":2}\n');
    const input = await start({ path, mode: 'replay', loop: true });
    await until('it fails', () => input.faults.length > 0);
    expect(input.faults[0]!.message).toMatch(/^no record of ".*" tells the time in "time": set "time_field"/);
  });

  it.each([
    [1_700_000_000, 1_700_000_000_000],
    [1_700_000_000_000, 1_700_000_000_000],
    [1_700_000_000_000_000, 1_700_000_000_000],
    ['1700000000000000', 1_700_000_000_000],
    ['2023-11-14T22:13:20Z', 1_700_000_000_000],
    ['Sun Aug 31 00:29:15 +0000 2014', 1_409_444_955_000],
    ['yesterday', undefined],
    [null, undefined],
  ])('the time %j is %j', (value, expected) =>
    expect(timeReader({ field: 't', unit: 'by_size' })({ t: value })).toBe(expected),
  );

  it.each([
    [{ unit: 'ms' as const }, 12_345, 12_345],
    [{ unit: 'ns' as const }, '2500000', 2.5],
    [
      { unit: 'by_size' as const, format: 'dd.MM.yyyy HH:mm', zone: 'Europe/Berlin' },
      '01.05.2024 12:00',
      1_714_557_600_000,
    ],
    [{ unit: 'by_size' as const, format: 'yyyyMMddHHmmss' }, 20_240_501_100_000, 1_714_557_600_000],
    [{ unit: 'by_size' as const }, '03/04/2024 10:00', undefined],
  ])('by %j the time %j is %j', (options, value, expected) =>
    expect(timeReader({ field: 't', ...options })({ t: value })).toBe(expected),
  );
});

it.each([
  ['one after the other, over several lines', '{\n "n": 1\n}{"n":2}\n{\n"n":3}'],
  ['in one list', '[\n  {"n": 1},\n  {"n": 2},{"n":3}\n]\n'],
  ['with record separators', '\x1e{"n":1}\n\x1e{"n":2}\n\x1e{"n":3}\n'],
])('reads JSON that stands %s', async (_, text) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-'));
  writeFileSync(join(dataDir, 'all.json'), text);
  const input = rehearse(fileInput, { path: 'all.json', format: 'json' }, { dataDir });
  await input.open();
  await until('it is read', () => input.reports.some((said) => said.includes('Read to the end')));
  await input.close();
  expect([input.payloads(), input.invalid]).toEqual([[{ n: 1 }, { n: 2 }, { n: 3 }], []]);
});

it('goes on within a list of which a part was handed on', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-'));
  const rows = Array.from({ length: 20_000 }, (_, n) => `{"n":${n},"text":"ü"}`);
  writeFileSync(join(dataDir, 'list.json'), `{"n":-1}\n[${rows.join(',\n')}]`);
  const seen: number[] = [];
  for (let run = 0; run < 2; run += 1) {
    let batches = 0;
    const input = rehearse(
      fileInput,
      { path: 'list.json', format: 'json' },
      {
        dataDir,
        emit: async (batch) => {
          batches += 1;
          if (run === 0 && batches > 12) return new Promise(() => undefined);
          seen.push(...batch.map(({ payload }) => (payload as { n: number }).n));
        },
      },
    );
    await input.open();
    await until('it is read', () => (run === 0 ? batches > 12 : seen.length > 20_000));
    void input.close();
  }
  expect(seen).toEqual(Array.from({ length: 20_001 }, (_, n) => n - 1));
});
