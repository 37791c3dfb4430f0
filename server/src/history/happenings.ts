import { type Happening, HappeningKind, logLevels } from '@semstreams/contract';
import { z } from 'zod';
import { fairShare } from '../access/fair-share.ts';
import type { Happened } from '../supervision/observed/happened.ts';
import type { LineFile } from './line-file.ts';

/** So many are kept; all flows have the same share of them. */
const mostKept = 5000;
/** What happens again within so long is the same, in milliseconds. */
const sameMs = 3_600_000;
const tellMs = 1000;
const longestSentence = 500;

/** One of them as it is kept: times are of the clock of history, in milliseconds. */
const Kept = z.strictObject({
  sequence: z.int(),
  first: z.number(),
  last: z.number(),
  times: z.int().min(1),
  kind: HappeningKind,
  level: z.enum(logLevels),
  sentence: z.string(),
  flow: z.string().optional(),
  component: z.string().optional(),
  who: z.string().optional(),
  messages: z.int().optional(),
});
type Kept = z.infer<typeof Kept>;

interface Time {
  now(): number;
  shown(at: number): number;
}

/**
 * All that happened, in memory and in a file, the newest of it. What happens again and again is one of them with its number, so
 * neither a flow that fails every second nor one that waits now and then pushes out what others did.
 */
export class Happenings {
  private kept: Kept[] = [];
  private readonly recent = new Map<string, Kept>();
  /** When a happening was told last: one that happens again and again is told once a second. */
  private readonly toldAt = new WeakMap<Kept, number>();
  private readonly listeners = new Set<(happening: Happening) => void>();

  constructor(
    private readonly file: LineFile,
    private readonly time: Time,
  ) {}

  async load(): Promise<void> {
    const found = new Map<number, Kept>();
    for (const line of await this.file.read()) {
      const kept = Kept.safeParse(line).data;
      if (kept) found.set(kept.sequence, kept);
    }
    this.kept = [...[...found.values()].sort((a, b) => a.sequence - b.sequence), ...this.kept];
    for (const each of this.kept) this.recent.set(keyOf(each), each);
  }

  add(happened: Happened): void {
    const now = this.time.now();
    const sentence = happened.sentence.slice(0, longestSentence);
    const before = this.recent.get(keyOf({ ...happened, sentence }));
    if (before && now - before.last < sameMs) {
      before.last = now;
      before.times += 1;
      if (happened.messages !== undefined) before.messages = (before.messages ?? 0) + happened.messages;
      this.tell(before);
    } else {
      const sequence = (this.kept.at(-1)?.sequence ?? 0) + 1;
      const kept: Kept = { sequence, first: now, last: now, times: 1, ...happened, sentence };
      this.kept.push(kept);
      this.recent.set(keyOf(kept), kept);
      if (this.kept.length > mostKept * 1.1) this.cut();
      this.tell(kept);
    }
  }

  /** All that are kept, the oldest first. */
  all(): Happening[] {
    return this.kept.map((each) => this.shownAs(each));
  }

  /** Calls back for each that happens, also for one that happens again. */
  onChange(listener: (happening: Happening) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(kept: Kept): void {
    this.file.put(kept.sequence, kept, () => this.kept);
    if (kept.last - (this.toldAt.get(kept) ?? -Infinity) < tellMs) return;
    this.toldAt.set(kept, kept.last);
    for (const listener of this.listeners) listener(this.shownAs(kept));
  }

  private cut(): void {
    const stays = fairShare(
      this.kept.map(({ flow = '' }) => ({ whose: flow, size: 1 })),
      mostKept,
    );
    this.kept = this.kept.filter((_, index) => stays[index]);
    this.recent.clear();
    for (const each of this.kept) this.recent.set(keyOf(each), each);
  }

  private shownAs({ first, last, ...kept }: Kept): Happening {
    const iso = (at: number): string => new Date(this.time.shown(at)).toISOString();
    return { ...kept, time: iso(last), first_at: iso(first) };
  }
}

/** What is the same when it happens again. */
const keyOf = ({ kind, flow, component, sentence, who }: Omit<Happened, 'level'>): string =>
  JSON.stringify([kind, flow, component, sentence, who]);
