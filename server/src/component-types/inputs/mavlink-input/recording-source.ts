import { FatalFault } from '../../../engine/fault.ts';
import { resolveDataPath, whyNoFile } from '../../../component-kit/files/data-files.ts';
import { pace } from '../../../component-kit/replay/pace.ts';
import {
  DamagedFile,
  openPacked,
  type PackedFile,
  plainChunks,
  unpackedChunks,
} from '../../../component-kit/files/unpack.ts';
import { noPlace, rememberedPlace } from './recording-place.ts';
import type { Given, Source } from './source.ts';
import type { TlogRecord } from '../../../component-kit/mavlink/tlog.ts';

/** So many records are handed on between two looks at the clock and at the flow. */
const recordsAtOnce = 256;

/** Replays a file, or reads it as fast as the flow takes it. */
export const recordingSource = ({ config, io, report, decoder, room, whenSafe }: Given): Source => {
  const place = config.remember ? rememberedPlace(config.path, { io, whenSafe }) : noPlace;
  let running: Promise<void> | undefined;
  let rounds = 0;
  let records = 0;
  let lostTimes = 0;

  /** One time through it. */
  const round = async ({ handle, isPacked }: PackedFile, path: string, skip: number): Promise<void> => {
    let taken = 0;
    const clock = pace(config.speed, io.signal);
    const cutter = decoder.recording();
    /** The last record waits for the one behind it, which tells whether its time can be right. */
    let held: TlogRecord | undefined;
    let lastTime: number | undefined;
    const give = async ({ time, frame }: TlogRecord, behind: number | undefined): Promise<void> => {
      taken += 1;
      if (taken <= skip) return;
      const wait = time === undefined ? undefined : clock(time, behind);
      if (wait) await wait;
      lastTime = time;
      decoder.record(frame, time ?? io.now());
      records += 1;
      place.passed(taken);
      if (records % recordsAtOnce === 0) await (room() ?? new Promise((resolve) => setImmediate(resolve)));
    };
    const hand = async (found: readonly TlogRecord[]): Promise<void> => {
      for (const record of found) {
        if (held) await give(held, record.time);
        if (io.signal.aborted) return;
        held = record;
      }
    };
    try {
      const behind = (bytes: number): void => decoder.passOver(bytes);
      for await (const chunk of isPacked ? unpackedChunks(handle, path, behind) : plainChunks(handle)) {
        await hand(cutter.push(chunk));
        if (io.signal.aborted) return;
      }
    } finally {
      if (!io.signal.aborted) await hand(cutter.finish());
      // behind the last one nothing tells whether its time is right, so that a long wait for it is spared
      if (held && !io.signal.aborted) await give(held, lastTime);
      if (!io.signal.aborted) place.ended(taken);
      lostTimes += cutter.lostTimes;
    }
  };

  const replay = async (file: PackedFile, path: string): Promise<void> => {
    let skip = await place.begin(file);
    if (skip === undefined && !config.loop)
      return report('running', 'It was read to the end before: set "remember" to false to read it at each start');
    do {
      const before = records;
      const damagedBefore = decoder.totals.damaged;
      const problem = await round(file, path, skip ?? 0).then(
        () => undefined,
        (thrown: unknown) => {
          if (thrown instanceof DamagedFile) return `${thrown.message}; what could be read of it was replayed`;
          throw thrown;
        },
      );
      if (io.signal.aborted) return;
      rounds += 1;
      if (records === before && !skip) throw new FatalFault(problem ?? `"${config.path}" holds no MAVLink recording`);
      skip = 0;
      report(
        problem === undefined ? 'running' : 'waiting',
        problem ?? atEnd(decoder.totals.damaged - damagedBefore, config.loop),
      );
    } while (config.loop);
  };

  return {
    link: '',
    peers: () => [],
    async open() {
      const path = await resolveDataPath(io.dataDir, config.path);
      const file = await openPacked(path).catch((thrown: unknown) => {
        throw thrown instanceof FatalFault ? thrown : new FatalFault(whyNoFile(thrown, path), { cause: thrown });
      });
      running = replay(file, path)
        .catch((thrown: unknown) => {
          if (!io.signal.aborted) io.fail(thrown as Error);
        })
        .finally(async () => file.handle.close());
    },
    async close() {
      await running;
    },
    settled: async () => place.close(),
    facts: () => ({ rounds, lost_times: lostTimes }),
  };
};

/** What is said at the end of a recording, where so many places of it were damaged. */
const atEnd = (damaged: number, isLooping: boolean): string => {
  const passedOver = damaged === 0 ? '' : `${damaged} damaged ${damaged === 1 ? 'place' : 'places'} passed over`;
  if (isLooping) return passedOver;
  return passedOver === '' ? 'The recording is at its end' : `The recording is at its end, ${passedOver}`;
};
