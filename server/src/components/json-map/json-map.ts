import { z } from 'zod';
import { InvalidMessage } from '../../engine/fault.ts';
import { reader, remover, writer } from '../../engine/field-path.ts';
import { fieldPath } from '../fields.ts';
import { conversionNames, conversions } from './convert.ts';
import { compileTemplate } from './template.ts';

const from = fieldPath.meta({ title: 'From', description: 'Field that is read.', widget: 'field', examples: ['alt'] });
const to = fieldPath.meta({
  title: 'To',
  description: 'Field that is written.',
  widget: 'field',
  examples: ['altitude'],
});
const does = <const Name extends string>(name: Name, title: string) =>
  z.literal(name).meta({ title, description: title });

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
    do: does('convert', 'Convert'),
    field: fieldPath,
    into: z
      .enum(conversionNames)
      .meta({ title: 'Into', description: 'What the field becomes; times become ISO 8601 texts.' }),
  }),
  z.strictObject({
    do: does('scale', 'Scale a number'),
    field: fieldPath,
    factor: z.number().default(1).meta({ title: 'Times', description: 'The number is multiplied by this.' }),
    offset: z.number().default(0).meta({ title: 'Plus', description: 'This is added afterwards.' }),
  }),
]);
export type Step = z.infer<typeof Step>;

const PathMap = z.record(z.string(), fieldPath);
const PathList = z.array(z.strictObject({ source: from, target: to })).max(1000);

/** Old and new names: as a list, or as an object from the old name to the new one. */
export const Mappings = z.union([PathList, PathMap]);
export type Mappings = z.infer<typeof Mappings>;

export interface MapConfig {
  readonly steps: readonly Step[];
  readonly mappings: Mappings;
  readonly add_fields: Readonly<Record<string, unknown>>;
  readonly remove_fields: readonly string[];
}

type Change = (payload: unknown) => unknown;

/** One function for all changes, made once: mappings first, then added fields, removed fields, and the steps in their order. */
export const compile = ({ steps, mappings, add_fields, remove_fields }: MapConfig): Change => {
  const pairs = Array.isArray(mappings)
    ? mappings
    : Object.entries(mappings).map(([source, target]) => ({ source, target }));
  const changes = [
    ...pairs.map(({ source, target }): Change => move(source, target)),
    ...Object.entries(add_fields).map(([field, value]): Change => set(field, value)),
    ...remove_fields.map(remover),
    ...steps.map(compileStep),
  ];
  return (payload) => {
    let changed = payload;
    for (const change of changes) changed = change(changed);
    return changed;
  };
};

const compileStep = (step: Step): Change => {
  switch (step.do) {
    case 'set':
      return set(step.field, step.value);
    case 'template': {
      const [write, fill] = [writer(step.field), compileTemplate(step.text)];
      return (payload) => write(payload, fill(payload));
    }
    case 'copy': {
      const [read, write] = [reader(step.from), writer(step.to)];
      return (payload) => {
        const value = read(payload);
        return value === undefined ? payload : write(payload, value);
      };
    }
    case 'rename':
      return move(step.from, step.to);
    case 'remove':
      return remover(step.field);
    case 'convert':
      return converted(step.field, conversions[step.into], step.into);
    case 'scale':
      return converted(
        step.field,
        (value) => (typeof value === 'number' ? value * step.factor + step.offset : undefined),
        'scaled number',
      );
  }
};

const set = (field: string, value: unknown): Change => {
  const write = writer(field);
  return (payload) => write(payload, value);
};

const move = (source: string, target: string): Change => {
  const [read, remove, write] = [reader(source), remover(source), writer(target)];
  return (payload) => {
    const value = read(payload);
    return value === undefined ? payload : write(remove(payload), value);
  };
};

/** A missing field stays missing; one that cannot be converted makes the message invalid. */
const converted = (field: string, convert: (value: unknown) => unknown, into: string): Change => {
  const [read, write] = [reader(field), writer(field)];
  return (payload) => {
    const value = read(payload);
    if (value === undefined) return payload;
    const result = convert(value);
    if (result !== undefined) return write(payload, result);
    const shown = JSON.stringify(value).slice(0, 60);
    throw new InvalidMessage(`the field "${field}" is ${shown}, which cannot become a ${into.replaceAll('_', ' ')}`);
  };
};
