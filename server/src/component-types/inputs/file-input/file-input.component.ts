import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { implement } from '../../../engine/component.ts';
import { FatalFault } from '../../../engine/fault.ts';
import { resolveDataPath } from '../../../component-kit/files/data-files.ts';
import { writerOfPath } from '../../../component-kit/files/one-writer.ts';
import { type FileInputConfig, keyOf } from './file-input-config.ts';
import { looksForFiles } from './several-settings.ts';
import { folderOfPattern, isPattern, matcherOf } from './file-pattern.ts';
import { findFiles, type FoundFile } from './find-files.ts';
import { FinishedFiles } from './finished-files.ts';
import { moveRead, removeRead } from './put-away.ts';
import { SeveralFiles } from './read-several.ts';
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
  const finished = new FinishedFiles({ dataDir: io.dataDir, flow: io.flow, component: io.component });
  let several: SeveralFiles | undefined;
  /** Records of the files before the present one. */
  let before = 0;
  let running: Promise<void> | undefined;
  let progress: Progress | undefined;
  let hasFailed = false;
  let badFrames = 0;
  let bytesBehind = 0;

  /** The tables of MAVLink are loaded only where a recording is read. */
  const newReaders = async (name: string): Promise<Reading['newReader']> => {
    const format = config.format === 'by_name' ? formatOf(name) : config.format;
    if (format === 'tlog') {
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
    const { delimiter, numbers, text_columns, max_line, encoding } = config;
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
  const refuseOwn = async (path: string, name = config.path): Promise<void> => {
    const writer = await writerOfPath(path);
    if (writer?.flow === io.flow)
      throw new FatalFault(
        `"${name}" is written by "${writer.component}" of this flow: it would read its own messages for ever`,
      );
  };

  const behind = (bytes: number): void => {
    bytesBehind = bytes;
    io.drop('behind_end');
  };

  /** Called when it is settled where reading begins: what is added to a file after `open` is added behind that. */
  let settled: () => void = () => undefined;
  const read = async (path: string): Promise<void> => {
    const { mode, encoding } = config;
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
      newReader: await newReaders(path),
      behind,
      hasNames: config.format === 'csv' && config.header === 'first_line',
    };
    if (mode === 'tail') return tail({ ...reading, fromStart: config.from_start }, known);
    const isAny =
      mode === 'replay'
        ? await replay({ ...reading, times: timesOf(config), speed: config.speed, loop: config.loop }, known)
        : await readOnce(reading, known, async (records) => progress!.take(records));
    if (signal.aborted) return;
    if (isAny && config.format === 'tlog' && progress.records === 0 && !known)
      throw new FatalFault(`"${config.path}" holds no MAVLink recording`);
    io.report(
      'running',
      isAny
        ? `Read to the end: ${progress.records} records${passedOver()}`
        : 'It was read to the end before: set "remember" to false to read it at each start',
    );
  };

  const readSeveral = async (): Promise<void> => {
    const key = keyOf(config);
    await finished.open(key);
    const noted = await keeper.open().catch(() => undefined);
    if (noted?.key === key && noted.file !== '') await finished.note(noted);
    settled();
    const { path, encoding } = config;
    const folder = await folderToRead(io.dataDir, path, config.when_read === 'keep' ? 'read' : 'write');
    const doneFolder = config.move_to === '' ? undefined : await resolveDataPath(io.dataDir, config.move_to, 'write');
    const isAway = async (file: FoundFile): Promise<boolean> => {
      if (doneFolder !== undefined) return moveRead(file, doneFolder);
      if (!(await removeRead(file))) return false;
      await finished.noteRemoved(file.id);
      await keeper.note(nothingYet(key)).catch(() => undefined);
      return true;
    };
    several = new SeveralFiles({
      ...{ encoding, signal: io.signal, finished, folder, order: config.order, isWaiting: config.new_files },
      ...{ settleMs: config.settle, knowsCopies: config.when_read === 'keep' },
      find: async () =>
        findFiles({
          ...{ folder, matches: isPattern(path) ? matcherOf(path) : (below) => below === basename(path) },
          ...{ isDeep: isPattern(path) && !path.endsWith('/'), dataDir: io.dataDir, leave: doneFolder },
          signal: io.signal,
        }),
      readingOf: async (file, known) => {
        const name = join(isPattern(path) ? folderOfPattern(path) : dirname(path), file.below);
        await refuseOwn(file.path, name);
        before += progress?.records ?? 0;
        progress = new Progress(known ?? nothingYet(key), { io, emit, keeper, headers: { path: name } });
        return {
          ...{ path: file.path, encoding, signal: io.signal, progress, report: io.report, behind },
          ...{ newReader: await newReaders(file.path), hasNames: config.header === 'first_line' },
        };
      },
      putAway: config.when_read === 'keep' ? undefined : isAway,
      report: io.report,
      records: () => before + (progress?.records ?? 0),
      monotonic: () => io.monotonic(),
      wait: async (ms) => io.wait(ms),
    });
    await several.run();
    if (!io.signal.aborted)
      io.report('running', `Read to the end: ${before + (progress?.records ?? 0)} records${passedOver()}`);
  };

  const passedOver = (): string =>
    (badFrames === 0 ? '' : `, damaged places passed over: ${badFrames}`) +
    (bytesBehind === 0 ? '' : `; ${bytesBehind} bytes behind the end of what is packed were passed over`);

  return {
    async open() {
      const isSeveral = looksForFiles(config);
      const path = isSeveral ? '' : await resolveDataPath(io.dataDir, config.path);
      const begun = new Promise<void>((resolve) => (settled = resolve));
      running = (isSeveral ? readSeveral() : read(path)).catch((thrown: unknown) => {
        if (io.signal.aborted) return;
        hasFailed = true;
        io.fail(thrown as Error);
      });
      await Promise.race([begun, running, sleep(patienceMs, undefined, { ref: false })]);
    },
    async close() {
      await Promise.race([running, sleep(patienceMs, undefined, { ref: false })]);
      const isKept = config.remember || hasFailed;
      await (isKept ? keeper.close() : keeper.forget());
      if (several) await (isKept ? finished.close() : finished.remove());
    },
    facts: () => ({ records: before + (progress?.records ?? 0), ...several?.facts() }),
  };
});

/** What the end of a name says. Throws a FatalFault where it says nothing. */
const formatOf = (name: string): Exclude<FileInputConfig['format'], 'by_name'> => {
  const ending = /\.([^./]+)(?:\.gz)?$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  const format = Object.hasOwn(endings, ending) ? endings[ending] : undefined;
  if (format) return format;
  throw new FatalFault(
    `the name "${basename(name)}" does not say what is in it: set "format", or leave it out by a path such as "*.csv"`,
  );
};

const endings: Readonly<Record<string, Exclude<FileInputConfig['format'], 'by_name'>>> = {
  ...{ csv: 'csv', ndjson: 'json_lines', jsonl: 'json_lines', json: 'json', tlog: 'tlog', txt: 'text', log: 'text' },
};

/** The folder of several files: of a single name, the one in which it lies. */
const folderToRead = async (dataDir: string, path: string, use: 'read' | 'write'): Promise<string> => {
  const folder = isPattern(path) ? folderOfPattern(path) : dirname(path);
  if (folder !== '' && folder !== '.') return resolveDataPath(dataDir, folder, use);
  return dataDir;
};

const timesOf = (config: FileInputConfig): RecordedTimes => ({
  field: config.time_field,
  unit: config.time_unit,
  format: config.time_format,
  zone: config.time_zone,
  twice: config.time_twice,
});
