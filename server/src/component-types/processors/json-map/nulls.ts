import { reader, remover, writer } from '../../../engine/field-path.ts';
import { type Change, leftOut } from './change.ts';
import { bytesOfSetting, type Growth } from './growth.ts';

/** A value for a field that is missing or null. */
export const filledIn = (field: string, value: unknown, growth: Growth): Change => {
  const [read, write, bytes] = [reader(field), writer(field), bytesOfSetting(field, value)];
  return (payload, mine) => {
    if (!isNothing(read(payload))) return payload;
    growth.add(bytes);
    return write(payload, value, mine);
  };
};

/** Leaves a message out whose field is missing or null. */
export const droppedWithout = (field: string): Change => {
  const read = reader(field);
  return (payload) => (isNothing(read(payload)) ? leftOut : payload);
};

/** Without a field that is null; without one that is named, without all of them, however deep they lie. Lists keep their places. */
export const withoutNull = (field: string | undefined): Change => {
  if (field === undefined)
    return (payload, mine) => {
      mine.length = 0;
      return withoutNulls(payload);
    };
  const [read, remove] = [reader(field), remover(field)];
  return (payload, mine) => (read(payload) === null ? remove(payload, mine) : payload);
};

const isNothing = (value: unknown): boolean => value === undefined || value === null;

/** The same value where nothing within it is null. */
const withoutNulls = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const elements = value.map(withoutNulls);
    return elements.every((element, index) => element === value[index]) ? value : elements;
  }
  // numbers of many digits are objects too
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  const kept = entries.map(([name, inner]) => [name, withoutNulls(inner)] as const);
  const isSame =
    entries.length === Object.keys(value).length && kept.every(([, inner], at) => inner === entries[at]![1]);
  return isSame ? value : Object.fromEntries(kept);
};
