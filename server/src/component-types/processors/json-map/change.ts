import { isDeepStrictEqual } from 'node:util';
import { InvalidMessage } from '../../../engine/fault.ts';
import { type Own, reader, remover, writer } from '../../../engine/field-path.ts';
import { jsonOf } from '../../../engine/json-text.ts';
import { NotConverted } from './convert.ts';
import type { Growth } from './growth.ts';

/** One change of a payload, which leaves the one that it is given as it is; `leftOut` says that the message goes no further. */
export type Change = (payload: unknown, mine: Own, cameInMs: number) => unknown;

/** Stands for the payload of a message that a step leaves out. */
export const leftOut = Symbol('left out');

export const set = (field: string, value: unknown): Change => {
  const write = writer(field);
  return (payload, mine) => write(payload, value, mine);
};

export const move = (from: string, to: string): Change => {
  const [read, remove, place] = [reader(from), remover(from), placer(to)];
  return (payload, mine) => {
    const value = read(payload);
    return value === undefined ? payload : place(remove(payload, mine), value, mine);
  };
};

/** As `writer`, for a value that comes from elsewhere: what stands there already is never lost by it. */
export const placer = (field: string): ReturnType<typeof writer> => {
  const [read, write] = [reader(field), writer(field)];
  return (payload, value, mine) => {
    const present = read(payload);
    if (present !== undefined && !isDeepStrictEqual(present, value))
      throw new InvalidMessage(`"${field}" is there already and would be lost: remove it before, or take another name`);
    return write(payload, value, mine);
  };
};

/** A missing field stays missing; one that cannot be converted makes the message invalid. */
export const converted = (
  field: string,
  convert: (value: unknown, cameInMs: number) => unknown,
  into: string,
  growth: Growth,
): Change => {
  const [read, write] = [reader(field), writer(field)];
  return (payload, mine, cameInMs) => {
    const value = read(payload);
    if (value === undefined) return payload;
    const result = convert(value, cameInMs);
    if (typeof result === 'string' && typeof value === 'object') growth.add(result.length);
    if (result !== undefined && !(result instanceof NotConverted)) return write(payload, result, mine);
    throw new InvalidMessage(
      `the field "${field}" is ${shown(value)}, which cannot become a ${into.replaceAll('_', ' ')}${result ? `: ${result.why}` : ''}`,
    );
  };
};

/**
 * What is made of a field, in its place or where `to` says; undefined changes nothing. A missing field stays missing. What stands at
 * `to` already is never lost.
 */
export const derived = (
  { field, to }: { readonly field: string; readonly to?: string | undefined },
  make: (value: unknown, payload: unknown) => unknown,
  growth: Growth,
): Change => {
  const [read, write] = [reader(field), to === undefined ? writer(field) : placer(to)];
  return (payload, mine) => {
    const value = read(payload);
    const result = value === undefined ? undefined : make(value, payload);
    if (result === undefined) return payload;
    if (to !== undefined) growth.addCopyOf(result);
    // what it was taken from may have it in two places from now on
    if (typeof result === 'object') mine.length = 0;
    return write(payload, result, mine);
  };
};

/** How a value is shown in a sentence. */
export const shown = (value: unknown): string => jsonOf(value).slice(0, 60);
