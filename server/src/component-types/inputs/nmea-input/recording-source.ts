import { FatalFault } from '../../../engine/fault.ts';
import { resolveDataPath, whyNoFile } from '../../../component-kit/files/data-files.ts';
import {
  DamagedFile,
  openPacked,
  type PackedFile,
  plainChunks,
  unpackedChunks,
} from '../../../component-kit/files/unpack.ts';
import { pace } from '../../../component-kit/replay/pace.ts';
import type { Given, Source } from './source.ts';

/** So many messages are handed on between two looks at the clock and at the flow. */
const messagesAtOnce = 256;

interface Recorded {
  readonly payload: unknown;
  readonly time: number | undefined;
}

/** Replays a recording at the pace of the times that its sentences say, or reads it as fast as the flow takes it. */
export const recordingSource = ({ config, io, decoder, hand, room }: Given): Source => {
  let running: Promise<void> | undefined;
  let rounds = 0;
  let messages = 0;
  let timed = 0;

  /** One time through it. */
  const round = async ({ handle, isPacked }: PackedFile, path: string): Promise<void> => {
    const clock = pace(config.speed, io.signal);
    let found: Recorded[] = [];
    let last: number | undefined;
    const line = decoder.line((payload, time) => found.push({ payload, time }));
    const handOn = async (): Promise<void> => {
      const due = found;
      found = [];
      const behind = nextTimes(due);
      for (const [index, { payload, time }] of due.entries()) {
        const wait = time === undefined ? undefined : clock(time, behind[index] ?? last);
        if (wait) await wait;
        if (time !== undefined) timed += 1;
        last = time ?? last;
        hand(payload, last);
        messages += 1;
        if (messages % messagesAtOnce === 0) await (room() ?? new Promise((resolve) => setImmediate(resolve)));
        if (io.signal.aborted) return;
      }
    };
    try {
      for await (const chunk of isPacked ? unpackedChunks(handle, path) : plainChunks(handle)) {
        line.push(chunk, io.now());
        await handOn();
        if (io.signal.aborted) return;
      }
    } finally {
      if (!io.signal.aborted) {
        line.finish(io.now());
        await handOn();
      }
    }
  };

  const replay = async (file: PackedFile, path: string): Promise<void> => {
    do {
      const before = messages;
      const problem = await round(file, path).then(
        () => undefined,
        (thrown: unknown) => {
          if (thrown instanceof DamagedFile) return `${thrown.message}; what could be read of it was replayed`;
          throw thrown;
        },
      );
      if (io.signal.aborted) return;
      rounds += 1;
      if (messages === before) throw new FatalFault(problem ?? emptiness(config));
      if (problem !== undefined) io.report('waiting', problem);
      else io.report('running', sentenceAtEnd(config, timed));
    } while (config.loop);
  };

  return {
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
    facts: () => ({ rounds }),
  };
};

/** For each, the next time behind it. */
const nextTimes = (messages: readonly Recorded[]): readonly (number | undefined)[] => {
  let next: number | undefined;
  return messages
    .map(({ time }) => time)
    .reverse()
    .map((time) => {
      const behind = next;
      next = time ?? next;
      return behind;
    })
    .reverse();
};

const emptiness = ({ path, sentences }: Given['config']): string =>
  sentences.length > 0
    ? `"${path}" holds none of the sentences that are wanted: ${sentences.join(', ')}`
    : `"${path}" holds no sentence of NMEA 0183`;

const sentenceAtEnd = ({ speed, loop }: Given['config'], timed: number): string => {
  const untimed =
    speed > 0 && timed === 0
      ? 'no sentence of the recording says when it was, so that it is read as fast as the flow takes it'
      : '';
  if (loop) return untimed;
  return untimed === '' ? 'The recording is at its end' : `The recording is at its end; ${untimed}`;
};
