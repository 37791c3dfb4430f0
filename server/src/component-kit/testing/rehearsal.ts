import { setTimeout as sleep } from 'node:timers/promises';
import { setMaxListeners } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../engine/still-clock.ts';
import type { Followers } from '../../engine/followers.ts';
import { RecordedMap } from '../../engine/kept-map.ts';
import type { Batch } from '../../engine/message.ts';
import { Message } from '../../engine/message.ts';
import type { ComponentDefinition, Facts, Io, Timed } from '../../engine/component.ts';
import type { Parked } from '../../engine/parking.ts';

/** Resolves when a number stays what it is for a third of a second. */
export const untilStill = async (look: () => number): Promise<void> => {
  let [last, looks] = [look(), 0];
  while (looks < 30) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    looks = look() === last ? looks + 1 : 0;
    last = look();
  }
};

/** A component on its own, in a world that only remembers: for tests. */
export interface Rehearsal {
  readonly emitted: Message[];
  readonly drops: Record<string, number>;
  readonly invalid: string[];
  /** What came in where it was invalid. */
  readonly raws: unknown[];
  readonly reports: string[];
  /** Lines for the log. */
  readonly logged: string[];
  readonly faults: Error[];
  readonly dataDir: string;
  open(): Promise<void>;
  close(): Promise<void>;
  facts(): Facts;
  /** Hands payloads to an input port: one by one to a processor, as a batch to an output. Returns what comes out by port. */
  feed(payloads: readonly unknown[], port?: string): Promise<Record<string, unknown[]>>;
  /** Hands messages as they are to an output. */
  deliver(batch: Batch, port?: string): Promise<void>;
  /** What a processor makes in time, by port. */
  tick(): Promise<Record<string, unknown[]>>;
  last(): Promise<Record<string, unknown[]>>;
  readonly payloads: () => unknown[];
}

export const rehearse = (
  definition: ComponentDefinition,
  config: unknown,
  world: {
    readonly dataDir?: string;
    readonly diskStopAt?: number;
    readonly emit?: (batch: Batch) => Promise<void>;
    /** Where the component leaves what the next one takes over; without it nothing follows. */
    readonly place?: { parked?: Parked | undefined };
    readonly isKept?: boolean;
    readonly instance?: string;
    readonly followed?: readonly Followers[];
    /** Time as the test lets it pass; that of the machine where it is left out. */
    readonly clock?: Clock;
  } = {},
): Rehearsal => {
  const dataDir = world.dataDir ?? mkdtempSync(join(tmpdir(), 'semstreams-'));
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const emitted: Message[] = [];
  const drops: Record<string, number> = {};
  const [invalid, reports, faults]: [string[], string[], Error[]] = [[], [], []];
  const raws: unknown[] = [];
  const logged: string[] = [];
  let sequence = 0;
  const io: Io = {
    flow: 'rehearsal',
    component: 'tested',
    instance: world.instance ?? 'rehearsed',
    dataDir,
    diskStopAt: world.diskStopAt ?? 100,
    signal: stopping.signal,
    now: () => world.clock?.now() ?? Date.now(),
    monotonic: () => world.clock?.monotonic() ?? performance.now(),
    wait: async (milliseconds) =>
      world.clock?.wait(milliseconds, stopping.signal) ?? sleep(milliseconds, undefined, { signal: stopping.signal }),
    random: () => 0.5,
    message: (payload, more) =>
      new Message(payload, more?.time ?? io.now(), 'tested', (sequence += 1), more?.headers, more?.json, more?.size),
    drop: (reason, count = 1) => (drops[reason] = (drops[reason] ?? 0) + count),
    invalid: (sentence, raw) => {
      invalid.push(sentence);
      raws.push(raw);
    },
    keepInvalid: async (sentence, raw) => io.invalid(sentence, raw),
    report: (state, sentence) => reports.push(`${state}: ${sentence}`),
    log: (level, sentence) => logged.push(`${level}: ${sentence}`),
    fail: (fault) => faults.push(fault),
    isKept: world.isKept ?? false,
    followed: world.followed ?? [],
    kept: (_, options) => new RecordedMap(options),
    park: (parked) => {
      if (world.place) world.place.parked = parked;
      return world.place !== undefined;
    },
    adopt: () => {
      const parked = world.place?.parked;
      if (world.place) world.place.parked = undefined;
      return parked;
    },
  };
  const emit = async (batch: Batch): Promise<void> => {
    await world.emit?.(batch);
    emitted.push(...batch);
  };
  const component = definition.create({ config: definition.config.parse(config), io, emit });

  const feed = async (payloads: readonly unknown[], port = 'in'): Promise<Record<string, unknown[]>> => {
    const messages = payloads.map((payload) => io.message(payload));
    const handler = (component as unknown as Record<string, (given: unknown) => unknown>)[port]!;
    const outcome: Record<string, unknown[]> = {};
    if (definition.category === 'output') {
      await handler(messages);
      return outcome;
    }
    for (const message of messages) add(outcome, await handler(message));
    return outcome;
  };

  const timed = component as Timed;

  return {
    emitted,
    drops,
    invalid,
    raws,
    reports,
    logged,
    faults,
    dataDir,
    open: async () => component.open?.(),
    close: async () => {
      stopping.abort();
      await component.close?.();
    },
    facts: () => component.facts?.() ?? {},
    feed,
    deliver: async (batch, port = 'in') => {
      await (component as unknown as Record<string, (given: Batch) => unknown>)[port]!(batch);
    },
    tick: async () => add({}, await timed.tick?.()),
    last: async () => add({}, await timed.last?.()),
    payloads: () => emitted.map(({ payload }) => payload),
  };
};

/** The outcome by port, with what a handler has made in addition. */
const add = (outcome: Record<string, unknown[]>, made: unknown): Record<string, unknown[]> => {
  for (const [name, one] of Object.entries((made ?? {}) as Record<string, Message | Message[]>))
    (outcome[name] ??= []).push(...(Array.isArray(one) ? one : [one]).map(({ payload }) => payload));
  return outcome;
};

/** Resolves when a condition holds; rejects with what it was waiting for when patience ends, after ten seconds. */
export const until = async (what: string, holds: () => boolean, patienceMs = 30_000): Promise<void> => {
  const deadline = performance.now() + patienceMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
