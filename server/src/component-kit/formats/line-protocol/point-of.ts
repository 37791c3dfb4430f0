import { ExactNumber } from '../../../engine/exact-number.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import { reader } from '../../../engine/field-path.ts';
import type { Message } from '../../../engine/message.ts';
import { parseMessageTemplate } from '../../content/message-template.ts';
import type { TimeUnit } from '../../times/time-units.ts';
import { unitsOfText } from '../../times/unit-times.ts';
import type { PointSettings } from './point-settings.ts';
import { lineOf } from './write-line.ts';

type Entry = readonly [name: string, value: unknown];

/**
 * What becomes of a message as a line of line protocol, without its end. Throws an InvalidMessage where it says no point.
 */
export const pointWriter = (settings: PointSettings): ((message: Message) => string) => {
  const template = parseMessageTemplate(settings.measurement);
  const tags = settings.tags.map(entriesAt);
  const fields = settings.fields.map(entriesAt);
  const named = new Set([...template.paths, ...settings.tags, settings.time_field]);
  const readTime = settings.time_field === '' ? () => undefined : reader(settings.time_field);
  const integers = new Set(settings.integer_fields);
  const areAllIntegers = integers.has('*');

  const fieldsOf = (payload: unknown): readonly Entry[] => {
    if (fields.length === 0) return entriesOf('', payload, named);
    const found = fields.flatMap((entries) => entries(payload));
    if (found.length > 0) return found;
    const [first] = settings.fields;
    throw new InvalidMessage(
      `it has no field "${first}": name those that are written in "fields", or none for all that are no tags`,
    );
  };

  return (message) => {
    const { payload } = message;
    const written = fieldsOf(payload);
    const values = areAllIntegers ? new Map(written) : undefined;
    return lineOf(
      {
        measurement: template.write(message),
        tags: tags.flatMap((entries) => entries(payload)),
        fields: written,
        time: timeText(readTime(payload), settings.time_unit),
      },
      (name) => integers.has(name) || (values !== undefined && isWhole(values.get(name))),
    );
  };
};

/** What lies at a path, by the path as its name; of an object all that it holds, by their own names. */
const entriesAt = (path: string): ((payload: unknown) => readonly Entry[]) => {
  const read = reader(path);
  return (payload) => {
    const value = read(payload);
    if (value === undefined) return [];
    return isObject(value) ? entriesOf('', value) : [[path, value]];
  };
};

/** All that lies in an object, what lies deeper by names with dots. */
const entriesOf = (before: string, value: unknown, except?: ReadonlySet<string>): readonly Entry[] => {
  if (!isObject(value)) throw new InvalidMessage('it is no object, so there are no fields to write');
  return Object.entries(value).flatMap(([key, inner]): readonly Entry[] => {
    const name = before + key;
    if (except?.has(name)) return [];
    return isObject(inner) ? entriesOf(`${name}.`, inner, except) : [[name, inner]];
  });
};

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);

const isWhole = (value: unknown): boolean =>
  (typeof value === 'number' || value instanceof ExactNumber) && /^-?\d+$/.test(String(value));

const timeText = (value: unknown, unit: TimeUnit): string | undefined => {
  if (value === undefined || value === null) return undefined;
  if (isWhole(value)) return String(value);
  const units = typeof value === 'string' ? unitsOfText(value, unit) : undefined;
  if (units === undefined)
    throw new InvalidMessage(
      `its time ${JSON.stringify(value).slice(0, 60)} is neither a whole number nor a date such as 2024-05-01T10:00:00Z`,
    );
  return String(units);
};
