import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { defineComponent, output } from '../../engine/component.ts';
import { FatalFault } from '../../engine/fault.ts';
import { resolveDataPath } from '../data-files.ts';
import { fieldPath, filePath, size } from '../fields.ts';
import { writerOfPath } from '../one-writer.ts';
import { replaySettings } from '../replay-settings.ts';
import { nothingYet } from './place.ts';
import { PlaceKeeper } from './place-keeper.ts';
import { Progress } from './progress.ts';
import { type Reading, readOnce } from './read-file.ts';
import { recordReader } from './records.ts';
import { replay } from './replay.ts';
import { tail } from './tail.ts';

const followProblem = (config: { mode: string; format: string; path: string }): string | undefined => {
  if (config.mode !== 'tail') return undefined;
  if (config.format === 'tlog') return 'a MAVLink recording cannot be followed: read it "once", or "replay" it';
  return config.path.endsWith('.gz') ? 'a packed file cannot be followed' : undefined;
};

/** A line is held in memory as a whole, so there is a bound. */
const lineSize = size.refine((bytes) => bytes > 0 && bytes <= 64 * 1024 ** 2, {
  message: 'a line has room for 1B to 64MB: name the longest that you expect',
});

const fileInputConfig = z
  .strictObject({
    path: filePath.min(1).meta({
      title: 'File',
      description: 'Below the data folder where it does not begin with "/". What gzip has packed is unpacked.',
      examples: ['measurements.csv'],
    }),
    format: z
      .enum(['json_lines', 'csv', 'text', 'tlog'])
      .default('json_lines')
      .meta({
        title: 'Content',
        description: 'JSON on each line, CSV with a header, plain lines, or a MAVLink recording.',
        choices: { json_lines: 'JSON lines', csv: 'CSV', text: 'Lines of text', tlog: 'MAVLink recording' },
      }),
    mode: z
      .enum(['once', 'tail', 'replay'])
      .default('once')
      .meta({
        title: 'Reading',
        description: 'From beginning to end, following what is added, or at the speed of the recording.',
        choices: { once: 'Once', tail: 'Follow what is added', replay: 'Replay' },
      }),
    from_start: z
      .boolean()
      .default(false)
      .meta({
        title: 'From the beginning',
        description: 'Whether what stands in the file already is read too.',
        showIf: { field: 'mode', is: ['tail'] },
      }),
    time_field: fieldPath.default('time').meta({
      title: 'Time',
      description: 'Field that tells when it was recorded: a date, or seconds, milli- or microseconds since 1970.',
      widget: 'field',
      showIf: { field: 'mode', is: ['replay'] },
    }),
    ...replaySettings({ field: 'mode', is: ['replay'] }),
    delimiter: z
      .string()
      .length(1)
      .default(',')
      .meta({ title: 'Delimiter', description: 'Between the fields of a CSV line.', advanced: true }),
    numbers: z.boolean().default(true).meta({
      title: 'Numbers',
      description: 'Whether fields of CSV that look like numbers become numbers.',
      advanced: true,
    }),
    text_columns: z
      .array(z.string().min(1))
      .max(1000)
      .default([])
      .meta({
        title: 'Columns of text',
        description: 'Columns of CSV whose fields stay texts, such as numbers of parts.',
        examples: [['tag']],
        showIf: { field: 'format', is: ['csv'] },
        advanced: true,
      }),
    encoding: z
      .enum(['utf-8', 'windows-1252', 'utf-16le', 'utf-16be'])
      .default('utf-8')
      .meta({
        title: 'Characters',
        description: 'How the text is written. UTF-16 with a byte order mark is known without it.',
        choices: {
          'utf-8': 'UTF-8',
          'windows-1252': 'Windows-1252 (Latin 1)',
          'utf-16le': 'UTF-16, little end first',
          'utf-16be': 'UTF-16, big end first',
        },
        advanced: true,
      }),
    remember: z.boolean().default(true).meta({
      title: 'Go on where it was',
      description:
        'Whether a start goes on where the last one ended, so that each record comes once. Otherwise each start begins anew.',
      advanced: true,
    }),
    max_line: lineSize.prefault('1MB').meta({
      title: 'Longest line',
      description: 'Longer ones are dropped. From 1B to 64MB: there is always a bound.',
      advanced: true,
    }),
  })
  .check(({ value, issues }) => {
    const problem = followProblem(value);
    if (problem) issues.push({ code: 'custom', path: ['mode'], message: problem, input: value.mode });
  });

export const fileInput = defineComponent({
  type: 'file_input',
  category: 'input',
  title: 'File',
  summary: 'Reads a file: once, as it grows, or as a recording.',
  icon: 'file-input',
  keywords: ['csv', 'json', 'ndjson', 'log', 'tail', 'replay', 'recording', 'import', 'tlog'],
  ports: { out: output('json') },
  config: fileInputConfig,
  drops: {
    too_long: 'The line was longer than "max_line".',
    bad_frame: 'A frame of the recording could not be used.',
  },
  examples: [
    { title: 'Read a CSV file', config: { path: 'measurements.csv', format: 'csv' } },
    { title: 'Follow a log', config: { path: '/var/log/app.ndjson', mode: 'tail' } },
  ],
  create: ({ config, io, emit }) => {
    const keeper = new PlaceKeeper({ dataDir: io.dataDir, flow: io.flow, component: io.component });
    let running: Promise<void> | undefined;
    let progress: Progress | undefined;
    let hasFailed = false;
    let badFrames = 0;

    /** The tables of MAVLink are loaded only where a recording is read. */
    const newReaders = async (): Promise<Reading['newReader']> => {
      if (config.format === 'tlog') {
        const { tlogReader } = await import('./tlog-reader.ts');
        return () =>
          tlogReader(() => {
            badFrames += 1;
            io.drop('bad_frame');
          });
      }
      const { format, delimiter, numbers, text_columns, max_line, encoding } = config;
      return ({ offset, lines, names }) =>
        recordReader({
          format,
          delimiter,
          numbers,
          texts: text_columns,
          longest: max_line,
          tooLong: () => io.drop('too_long'),
          encoding: encoding === 'windows-1252' ? encoding : 'utf-8',
          before: lines,
          names,
          isBelowHeader: offset > 0,
        });
    };

    /** What this flow writes would come back for ever. */
    const refuseOwn = async (path: string): Promise<void> => {
      const writer = await writerOfPath(path);
      if (writer?.flow === io.flow)
        throw new FatalFault(
          `"${config.path}" is written by "${writer.component}" of this flow: it would read its own messages for ever`,
        );
    };

    /** Called when it is settled where reading begins: what is added to a file after `open` is added behind that. */
    let settled: () => void = () => undefined;
    const read = async (path: string): Promise<void> => {
      const { mode, format, encoding } = config;
      await refuseOwn(path);
      const key = keyOf(config);
      const noted = await keeper.open().catch(() => undefined);
      const known = noted?.key === key ? noted : undefined;
      progress = new Progress(known ?? nothingYet(key), { io, emit, keeper });
      const { signal } = io;
      const report: typeof io.report = (state, sentence) => {
        io.report(state, sentence);
        settled();
      };
      if (known || mode !== 'tail') settled();
      const reading = {
        path,
        encoding,
        signal,
        progress,
        report,
        newReader: await newReaders(),
        hasNames: format === 'csv',
      };
      if (mode === 'tail') return tail({ ...reading, fromStart: config.from_start }, known);
      const isAny =
        mode === 'replay'
          ? await replay({ ...reading, timeField: config.time_field, speed: config.speed, loop: config.loop }, known)
          : await readOnce(reading, known, async (records) => progress!.take(records));
      if (signal.aborted) return;
      if (isAny && format === 'tlog' && progress.records === 0 && !known)
        throw new FatalFault(`"${config.path}" holds no MAVLink recording`);
      io.report(
        'running',
        isAny
          ? `Read to the end: ${progress.records} records${badFrames === 0 ? '' : `, damaged places passed over: ${badFrames}`}`
          : 'It was read to the end before: set "remember" to false to read it at each start',
      );
    };

    return {
      async open() {
        const path = await resolveDataPath(io.dataDir, config.path);
        const begun = new Promise<void>((resolve) => (settled = resolve));
        running = read(path).catch((thrown: unknown) => {
          if (io.signal.aborted) return;
          hasFailed = true;
          io.fail(thrown as Error);
        });
        await Promise.race([begun, running, sleep(patienceMs, undefined, { ref: false })]);
      },
      async close() {
        await Promise.race([running, sleep(patienceMs, undefined, { ref: false })]);
        if (config.remember || hasFailed) await keeper.close();
        else await keeper.forget();
      },
      facts: () => ({ records: progress?.records ?? 0 }),
    };
  },
});

/** How long a read that is under way may take until it is left alone: a file system that is away may never answer. */
const patienceMs = 3000;

/** With other settings a file holds other records, and is read anew; what is added to a file is read on all the same. */
const keyOf = ({ path, mode, format, ...config }: z.output<typeof fileInputConfig>): string => {
  if (mode === 'tail') return JSON.stringify({ path, mode });
  const { delimiter, numbers, text_columns, max_line, encoding } = config;
  return JSON.stringify({ path, mode, format, delimiter, numbers, text_columns, max_line, encoding });
};
