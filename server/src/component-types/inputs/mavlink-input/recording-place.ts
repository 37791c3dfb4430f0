import type { Io } from '../../../engine/component.ts';
import { sentenceOf } from '../../../engine/fault.ts';
import { nothingYet } from '../../../component-kit/files/place.ts';
import { PlaceKeeper } from '../../../component-kit/files/place-keeper.ts';
import type { PackedFile } from '../../../component-kit/files/unpack.ts';

/** How far a recording was replayed. */
export interface RecordingPlace {
  /** How many records were handed on before, of this very file; undefined where all were. */
  begin(file: PackedFile): Promise<number | undefined>;
  /** So many records from the beginning on are taken: noted, now and then, once they are safe. */
  passed(records: number): void;
  /** All of it is taken. */
  ended(records: number): void;
  close(): Promise<void>;
}

/** Where nothing outlives a start. */
export const noPlace: RecordingPlace = {
  begin: async () => 0,
  passed: () => undefined,
  ended: () => undefined,
  close: async () => undefined,
};

/** How often it is noted, in milliseconds: a kill repeats so much. */
const noteMs = 1000;

/** `whenSafe` calls back when all that was taken up to now is safe. */
export const rememberedPlace = (
  path: string,
  { io, whenSafe }: { readonly io: Io; readonly whenSafe: (done: () => void) => void },
): RecordingPlace => {
  const keeper = new PlaceKeeper({ dataDir: io.dataDir, flow: io.flow, component: io.component });
  let place = nothingYet(JSON.stringify({ recording: path }));
  let size = 0;
  let notedAt = -Infinity;
  let taken = 0;
  let isAtEnd = false;
  let noting: Promise<void> = Promise.resolve();

  const note = (records: number, isEnd: boolean): void => {
    notedAt = io.monotonic();
    const { readToEnd: _, ...before } = place;
    const next = { ...before, skip: records, ...(isEnd && { readToEnd: size }) };
    whenSafe(() => {
      place = next;
      noting = noting
        .then(async () => keeper.note(next))
        .catch((thrown: unknown) => io.report('running', `how far it has read cannot be kept: ${sentenceOf(thrown)}`));
    });
  };

  return {
    async begin({ head, stats }) {
      const known = await keeper.open().catch(() => undefined);
      const beginning = head.toString('base64');
      size = stats.size;
      const isSame = known?.key === place.key && known.head === beginning;
      place = { ...place, head: beginning, skip: isSame ? known.skip : 0 };
      return isSame && known.readToEnd === size ? undefined : place.skip;
    },
    passed(records) {
      [taken, isAtEnd] = [records, false];
      if (io.monotonic() - notedAt >= noteMs) note(records, false);
    },
    ended(records) {
      [taken, isAtEnd] = [records, true];
      note(records, true);
    },
    async close() {
      if (!isAtEnd && taken > 0) note(taken, false);
      await noting;
      await keeper.close();
    },
  };
};
