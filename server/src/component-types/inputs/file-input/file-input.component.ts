import { setTimeout as sleep } from 'node:timers/promises';
import { implement } from '../../../engine/component.ts';
import { FatalFault } from '../../../engine/fault.ts';
import { resolveDataPath } from '../../../component-kit/files/data-files.ts';
import { writerOfPath } from '../../../component-kit/files/one-writer.ts';
import { type FileInputConfig, keyOf } from './file-input-config.ts';
import { nothingYet } from '../../../component-kit/files/place.ts';
import { PlaceKeeper } from '../../../component-kit/files/place-keeper.ts';
import { Progress } from './progress.ts';
import { type Reading, readOnce } from './read-file.ts';
import { recordReader } from './records.ts';
import type { RecordedTimes } from '../../../component-kit/fields/time-reader.ts';
import { replay } from './replay.ts';
import { tail } from './tail.ts';
import { fileInputDefinition } from './file-input.definition.ts';

/** How long a read that is under way may take until it is left alone: a file system that is away may never answer. */
const patienceMs = 3000;

export const fileInput = implement(fileInputDefinition, ({ config, io, emit }) => {
  const keeper = new PlaceKeeper({ dataDir: io.dataDir, flow: io.flow, component: io.component });
  let running: Promise<void> | undefined;
  let progress: Progress | undefined;
  let hasFailed = false;
  let badFrames = 0;
  let bytesBehind = 0;

  /** The tables of MAVLink are loaded only where a recording is read. */
  const newReaders = async (): Promise<Reading['newReader']> => {
    if (config.format === 'tlog') {
      const [{ tlogReader }, { loadTypes }] = await Promise.all([
        import('./tlog-reader.ts'),
        import('../../../component-kit/mavlink/load-dialect.ts'),
      ]);
      const types = await loadTypes(config, io.dataDir);
      const badFrame = (): void => {
        badFrames += 1;
        io.drop('bad_frame');
      };
      return () => tlogReader({ types, badFrame, now: io.now });
    }
    const { format, delimiter, numbers, text_columns, max_line, encoding } = config;
    return ({ offset, lines, names }) =>
      recordReader({
        format,
        delimiter,
        numbers,
        texts: text_columns,
        types: config.column_types,
        decimalComma: config.decimal_comma,
        skip: config.skip_lines,
        skipBelow: config.skip_below_header,
        comment: config.comment,
        ...(config.header === 'none' && { given: config.columns }),
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
    progress = new Progress(known ?? nothingYet(key), { io, emit, keeper, headers: { path: config.path } });
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
      behind: (bytes: number) => {
        bytesBehind = bytes;
        io.drop('behind_end');
      },
      hasNames: format === 'csv' && config.header === 'first_line',
    };
    if (mode === 'tail') return tail({ ...reading, fromStart: config.from_start }, known);
    const isAny =
      mode === 'replay'
        ? await replay({ ...reading, times: timesOf(config), speed: config.speed, loop: config.loop }, known)
        : await readOnce(reading, known, async (records) => progress!.take(records));
    if (signal.aborted) return;
    if (isAny && format === 'tlog' && progress.records === 0 && !known)
      throw new FatalFault(`"${config.path}" holds no MAVLink recording`);
    io.report(
      'running',
      isAny
        ? `Read to the end: ${progress.records} records${passedOver()}`
        : 'It was read to the end before: set "remember" to false to read it at each start',
    );
  };

  const passedOver = (): string =>
    (badFrames === 0 ? '' : `, damaged places passed over: ${badFrames}`) +
    (bytesBehind === 0 ? '' : `; ${bytesBehind} bytes behind the end of what is packed were passed over`);

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
});

const timesOf = (config: FileInputConfig): RecordedTimes => ({
  field: config.time_field,
  unit: config.time_unit,
  format: config.time_format,
  zone: config.time_zone,
  twice: config.time_twice,
});
