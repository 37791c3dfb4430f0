import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { doubleOf } from '../../../engine/exact-number.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import { type Own, parsePath, reader, remover, writer } from '../../../engine/field-path.ts';
import { jsonOf } from '../../../engine/json-text.ts';
import { fieldPath } from '../../../component-kit/fields/fields.ts';
import { timeFormatField, timeZoneField, twiceField } from '../../../component-kit/times/time-settings.ts';
import type { TimeOptions } from '../../../component-kit/times/time-text.ts';
import { type Conversion, conversionNames, converter, NotConverted } from './convert.ts';
import { bytesOfSetting, Growth } from './growth.ts';
import { compileTemplate, templateProblem } from './template.ts';

function ofText(change: (text: string) => string) {
  return (value: unknown): unknown => (typeof value === 'string' ? change(value) : value);
}

const from = fieldPath.meta({ title: 'From', description: 'Field that is read.', widget: 'field', examples: ['alt'] });
const to = fieldPath.meta({
  title: 'To',
  description: 'Field that is written.',
  widget: 'field',
  examples: ['altitude'],
});
const does = <const Name extends string>(name: Name, title: string) =>
  z.literal(name).meta({ title, description: title });

/** Where the format of a time matters. */
const fromText = { field: 'into', is: ['time_from_text', 'ms_from_time'] satisfies Conversion[] };

/** One change of a message. */
export const Step = z.discriminatedUnion('do', [
  z.strictObject({
    do: does('set', 'Set to a value'),
    field: fieldPath,
    value: z.json().meta({ title: 'Value', description: 'Any value, the same for all messages.', widget: 'value' }),
  }),
  z.strictObject({
    do: does('template', 'Set to a text'),
    field: fieldPath,
    text: z
      .string()
      .max(10_000)
      .check((context) => {
        const problem = templateProblem(context.value);
        if (problem) context.issues.push({ code: 'custom', message: problem, input: context.value });
      })
      .meta({
        title: 'Text',
        description: 'Fields in braces are filled in; write {{ for a brace.',
        examples: ['{vehicle} at {position.altitude} m'],
      }),
  }),
  z.strictObject({ do: does('copy', 'Copy'), from, to }),
  z.strictObject({ do: does('rename', 'Rename'), from, to }),
  z.strictObject({ do: does('remove', 'Remove'), field: fieldPath }),
  z.strictObject({
    do: does('remove_like', 'Remove by a pattern'),
    pattern: z
      .string()
      .max(500)
      .regex(
        /^(?:[^*[\]"]+\.)?(?=[^.]*\*)[^.[\]"]+$/,
        'write a name with "*" for any characters, such as "debug_*" or "meta.*_raw"',
      )
      .meta({
        title: 'Fields',
        description: 'Names with "*" for any characters, such as "debug_*", or "meta.*_raw" within a field.',
        examples: ['debug_*'],
      }),
  }),
  z.strictObject({
    do: does('convert', 'Convert'),
    field: fieldPath,
    into: z.enum(conversionNames).meta({
      title: 'Into',
      description: 'What the field becomes; times become ISO 8601 texts.',
      choices: {
        number: 'Number',
        integer: 'Whole number',
        string: 'Text',
        boolean: 'Yes or no',
        time_from_s: 'Time, from seconds since 1970',
        time_from_ms: 'Time, from milliseconds',
        time_from_us: 'Time, from microseconds',
        time_from_ns: 'Time, from nanoseconds',
        time_from_text: 'Time, from a text',
        ms_from_time: 'Milliseconds since 1970, from a text',
        time_from_boot_s: 'Time, from seconds since a device was started',
        time_from_boot_ms: 'Time, from milliseconds since a start',
        time_from_boot_us: 'Time, from microseconds since a start',
        time_from_boot_ns: 'Time, from nanoseconds since a start',
      },
    }),
    format: timeFormatField.optional().meta({ showIf: fromText }),
    zone: timeZoneField.optional().meta({ showIf: fromText }),
    twice: twiceField.optional().meta({ showIf: fromText }),
  }),
  z.strictObject({
    do: does('scale', 'Scale a number'),
    field: fieldPath,
    factor: z.number().default(1).meta({ title: 'Times', description: 'The number is multiplied by this.' }),
    offset: z.number().default(0).meta({ title: 'Plus', description: 'This is added afterwards.' }),
  }),
]);
export type Step = z.infer<typeof Step>;

const transforms = {
  copy: (value: unknown) => value,
  uppercase: ofText((text) => text.toUpperCase()),
  lowercase: ofText((text) => text.toLowerCase()),
  trim: ofText((text) => text.trim()),
} as const;
const Mapping = z.strictObject({
  source_field: from,
  target_field: to,
  transform: z
    .enum(['copy', 'uppercase', 'lowercase', 'trim'])
    .default('copy')
    .meta({
      title: 'Letters',
      description: 'How a text is changed on the way; other values stay as they are.',
      choices: { copy: 'As they are', uppercase: 'Upper case', lowercase: 'Lower case', trim: 'Without spaces around' },
    }),
});

/** Old and new names: as a list, or as an object from the old name to the new one. */
export const Mappings = z
  .union([z.array(Mapping).max(1000), z.record(fieldPath, fieldPath)])
  .check(({ value, issues }) => {
    const seen = new Map<string, string>();
    for (const [index, { source_field, target_field }] of pairsOf(value).entries()) {
      const place = JSON.stringify(parsePath(target_field));
      const before = seen.get(place);
      seen.set(place, source_field);
      if (before === undefined) continue;
      const message = `"${before}" becomes "${target_field}" already: one of the two would be lost`;
      const path = Array.isArray(value) ? [index, 'target_field'] : [source_field];
      issues.push({ code: 'custom', path, message, input: target_field });
    }
  });
export type Mappings = z.infer<typeof Mappings>;

const pairsOf = (mappings: z.infer<typeof Mapping>[] | Readonly<Record<string, string>>): z.infer<typeof Mapping>[] =>
  Array.isArray(mappings)
    ? mappings
    : Object.entries(mappings).map(([source_field, target_field]) => ({
        source_field,
        target_field,
        transform: 'copy' as const,
      }));

export interface MapConfig {
  readonly steps: readonly Step[];
  readonly mappings: Mappings;
  readonly add_fields: Readonly<Record<string, unknown>>;
  readonly remove_fields: readonly string[];
}

type Change = (payload: unknown, mine: Own, cameInMs: number) => unknown;

/**
 * One function for all changes, made once: new names, removed fields, added fields, and the steps in their order. A field
 * that was removed and got its name anew stays: what is removed is what came in.
 * `growth` tells after each message by how much it has grown. Throws an InvalidMessage where that is more than it may be.
 */
export const compile = (
  { steps, mappings, add_fields, remove_fields }: MapConfig,
  growth = new Growth(),
): ((payload: unknown, cameInMs?: number) => unknown) => {
  const pairs = pairsOf(mappings);
  const renamed = new Set(pairs.map(({ target_field }) => target_field));
  const changes = [
    ...(pairs.length > 0 ? [moveAll(pairs, remove_fields, growth)] : []),
    ...remove_fields.filter((field) => !renamed.has(field)).map(remover),
    ...Object.entries(add_fields).map(([field, value]): Change => set(field, value)),
    ...steps.map((step) => compileStep(step, growth)),
  ];
  const settings = [
    ...Object.entries(add_fields),
    ...steps.flatMap((step) => (step.do === 'set' ? [[step.field, step.value] as const] : [])),
  ];
  const sameForAll = settings.reduce((sum, [field, value]) => sum + bytesOfSetting(field, value), 0);
  const mine: Own = [];
  return (payload, cameInMs = 0) => {
    let changed = payload;
    mine.length = 0;
    growth.bytes = sameForAll;
    for (const change of changes) changed = change(changed, mine, cameInMs);
    return changed;
  };
};

const compileStep = (step: Step, growth: Growth): Change => {
  switch (step.do) {
    case 'set':
      return set(step.field, step.value);
    case 'template': {
      const [write, fill] = [writer(step.field), compileTemplate(step.text)];
      return (payload, mine) => {
        const text = fill(payload);
        growth.add(text.length);
        return write(payload, text, mine);
      };
    }
    case 'copy': {
      const [read, place] = [reader(step.from), placer(step.to)];
      return (payload, mine) => {
        const value = read(payload);
        if (value === undefined) return payload;
        // it has two places from now on
        mine.length = 0;
        growth.addCopyOf(value);
        return place(payload, value, mine);
      };
    }
    case 'rename':
      return move(step.from, step.to);
    case 'remove':
      return remover(step.field);
    case 'remove_like':
      return removeLike(step.pattern);
    case 'convert':
      return converted(step.field, converter(step.into, timeOptions(step)), step.into, growth);
    case 'scale':
      return converted(
        step.field,
        (value) => {
          const number = doubleOf(value);
          return number === undefined ? undefined : finite(number * step.factor + step.offset);
        },
        'scaled number',
        growth,
      );
  }
};

/** Removes the fields of an object whose names are like a pattern. */
const removeLike = (pattern: string): Change => {
  const end = pattern.lastIndexOf('.');
  const path = end < 0 ? undefined : pattern.slice(0, end);
  const isLike = likeness(pattern.slice(end + 1));
  const [read, write] = path === undefined ? [undefined, undefined] : [reader(path), writer(path)];
  return (payload, mine) => {
    const holder = read ? read(payload) : payload;
    if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) return payload;
    const entries = Object.entries(holder);
    const kept = entries.filter(([name]) => !isLike(name));
    if (kept.length === entries.length) return payload;
    const rest = Object.fromEntries(kept);
    return write ? write(payload, rest, mine) : rest;
  };
};

/** Whether a name is like a pattern in which "*" stands for any characters; in time that grows with the name alone. */
const likeness = (pattern: string): ((name: string) => boolean) => {
  const [first, ...others] = pattern.split('*') as [string, ...string[]];
  const last = others.pop() ?? '';
  return (name) => {
    if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
    let at = first.length;
    for (const part of others) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= name.length - last.length;
  };
};

const timeOptions = ({ format, zone, twice }: Extract<Step, { do: 'convert' }>): TimeOptions => ({
  ...(format !== undefined && { format }),
  ...(zone !== undefined && { zone }),
  ...(twice !== undefined && { twice }),
});

const set = (field: string, value: unknown): Change => {
  const write = writer(field);
  return (payload, mine) => write(payload, value, mine);
};

const move = (from: string, to: string): Change => {
  const [read, remove, place] = [reader(from), remover(from), placer(to)];
  return (payload, mine) => {
    const value = read(payload);
    return value === undefined ? payload : place(remove(payload, mine), value, mine);
  };
};

/** All names change places at once: what is read is what came in, so that `a` and `b` can be exchanged. */
const moveAll = (pairs: readonly z.infer<typeof Mapping>[], removed: readonly string[], growth: Growth): Change => {
  const moves = pairs.map(({ source_field, target_field, transform }, index) => ({
    read: reader(source_field),
    remove: remover(source_field),
    place: removed.includes(target_field) ? writer(target_field) : placer(target_field),
    change: transforms[transform],
    isRepeated: pairs.findIndex((pair) => pair.source_field === source_field) < index,
  }));
  if (moves.length === 1) {
    const { read, remove, place, change } = moves[0]!;
    return (payload, mine) => {
      const value = read(payload);
      return value === undefined ? payload : place(remove(payload, mine), change(value), mine);
    };
  }
  return (payload, mine) => {
    const values = moves.map(({ read }) => read(payload));
    let changed = payload;
    for (let index = 0; index < moves.length; index += 1)
      if (values[index] !== undefined) changed = moves[index]!.remove(changed, mine);
    for (let index = 0; index < moves.length; index += 1) {
      const value = values[index];
      if (value === undefined) continue;
      const { place, change, isRepeated } = moves[index]!;
      if (isRepeated) {
        mine.length = 0;
        growth.addCopyOf(value);
      }
      changed = place(changed, change(value), mine);
    }
    return changed;
  };
};

/** As `writer`, for a value that comes from elsewhere: what stands there already is never lost by it. */
const placer = (field: string): ReturnType<typeof writer> => {
  const [read, write] = [reader(field), writer(field)];
  return (payload, value, mine) => {
    const present = read(payload);
    if (present !== undefined && !isDeepStrictEqual(present, value))
      throw new InvalidMessage(`"${field}" is there already and would be lost: remove it before, or take another name`);
    return write(payload, value, mine);
  };
};

/** JSON has no infinity. */
const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

/** A missing field stays missing; one that cannot be converted makes the message invalid. */
const converted = (
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
    const shown = jsonOf(value).slice(0, 60);
    throw new InvalidMessage(
      `the field "${field}" is ${shown}, which cannot become a ${into.replaceAll('_', ' ')}${result ? `: ${result.why}` : ''}`,
    );
  };
};
