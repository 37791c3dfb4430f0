import { InvalidMessage } from '../../../engine/fault.ts';
import { messageReader } from '../../../engine/header-path.ts';
import type { KeptMap } from '../../../engine/kept-map.ts';
import type { Message } from '../../../engine/message.ts';
import { measures, percentileOf, readNumber } from './measures.ts';

/** What is reckoned over a window, and the name of the field that it is given in. */
export interface Result {
  readonly name: string;
  readonly calculate: keyof typeof measures | 'percentile';
  /** Path of the values; only a count can do without. */
  readonly field?: string | undefined;
  readonly percent?: number | undefined;
}

/** What a message adds to each result of a window; undefined for those that it has no value for. */
export type Values = readonly unknown[];

/** The results of one window so far: a state each. JSON. */
export type States = readonly unknown[];

export interface Reckoning {
  readonly empty: States;
  /** Throws an InvalidMessage where a value is none to reckon with. */
  valuesOf(message: Message): Values;
  /** `window` is what the values are kept by. */
  add(states: States, values: Values, time: number, window: string): States;
  /** What two windows hold together, kept by the name of the first. */
  merge(one: States, window: string, other: States, otherWindow: string): States;
  /** The results in the order of the settings. Nothing of the window is kept from then on. */
  finish(states: States, window: string): readonly unknown[];
}

/** So many values of a window are kept as one, so that a new one copies no more than these. */
const chunkSize = 64;
/** So many values are kept for percentiles in all. */
const mostValues = 1_000_000;

/** How many chunks there may be, where each window has one at least for each percentile. */
export const chunksFor = ({ results, most }: { readonly results: readonly Result[]; readonly most: number }): number =>
  mostValues / chunkSize + most * results.filter(({ calculate }) => calculate === 'percentile').length;

/** Reckons the results of windows; percentiles from all of their values, which are kept in chunks. */
export const reckoning = (results: readonly Result[], chunks: KeptMap<readonly number[]>): Reckoning => {
  const parts = results.map((result, index) => partOf(result, `${index}`, chunks));
  return {
    empty: parts.map(({ empty }) => empty),
    valuesOf: (message) => parts.map(({ valueOf }) => valueOf(message)),
    add: (states, values, time, window) =>
      states.map((state, index) =>
        values[index] === undefined ? state : parts[index]!.add(state, values[index], time, window),
      ),
    merge: (one, window, other, otherWindow) =>
      one.map((state, index) => parts[index]!.merge(state, window, other[index], otherWindow)),
    finish: (states, window) => states.map((state, index) => parts[index]!.finish(state, window)),
  };
};

interface Part {
  readonly empty: unknown;
  valueOf(message: Message): unknown;
  add(state: unknown, value: unknown, time: number, window: string): unknown;
  merge(one: unknown, window: string, other: unknown, otherWindow: string): unknown;
  finish(state: unknown, window: string): unknown;
}

const partOf = (result: Result, name: string, chunks: KeptMap<readonly number[]>): Part => {
  const { calculate, field, percent = 50 } = result;
  if (calculate === 'percentile') return percentilePart(field!, percent, name, chunks);
  const { empty, read, add, merge, result: finish } = measures[calculate];
  if (field === undefined)
    return { empty, valueOf: () => true, add, merge: (one, _, other) => merge(one, other), finish };
  const find = messageReader(field);
  return {
    empty,
    valueOf: (message) => read(find(message), field),
    add,
    merge: (one, _, other) => merge(one, other),
    finish,
  };
};

/** Its state is the number of its values. */
const percentilePart = (field: string, percent: number, name: string, chunks: KeptMap<readonly number[]>): Part => {
  const find = messageReader(field);
  const chunkOf = (window: string, count: number): string => `${Math.floor(count / chunkSize)} ${name} ${window}`;
  const add = (state: unknown, value: unknown, window: string): number => {
    const count = state as number;
    const key = chunkOf(window, count);
    chunks.set(key, count % chunkSize === 0 ? [value as number] : [...(chunks.get(key) ?? []), value as number]);
    return count + 1;
  };
  const take = (state: unknown, window: string): number[] => {
    const values: number[] = [];
    for (let count = 0; count < (state as number); count += chunkSize) {
      const key = chunkOf(window, count);
      for (const value of chunks.get(key) ?? []) values.push(value);
      chunks.delete(key);
    }
    return values;
  };
  return {
    empty: 0,
    valueOf: (message) => {
      const number = readNumber(find(message), field);
      if (number === undefined) return undefined;
      const double = Number(number);
      if (!Number.isFinite(double)) throw new InvalidMessage(`the field "${field}" is beyond all numbers`);
      return double;
    },
    add: (state, value, _, window) => add(state, value, window),
    merge: (one, window, other, otherWindow) =>
      take(other, otherWindow).reduce((state, value) => add(state, value, window), one as number),
    finish: (state, window) => percentileOf(take(state, window), percent),
  };
};
