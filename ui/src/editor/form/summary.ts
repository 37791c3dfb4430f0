import { type ComponentType, hideInAddresses } from '@semstreams/contract';
import { type Field, fieldsOf, isShown, type JsonSchema } from './fields.ts';
import { textOfValue } from './value-text.ts';

/** What a component is and the first thing that is set in it, else its first default: `Vehicle (MAVLink) · port 14600`. Addresses say nothing secret. */
export const summaryOf = ({ title, config_schema }: ComponentType, config: Record<string, unknown> = {}): string => {
  const fields = fieldsOf(config_schema as JsonSchema);
  const basic = fields.filter((field) => !field.isAdvanced && isShown(field, fields, config));
  const said = (read: (field: Field) => unknown): string | undefined =>
    basic.flatMap((field) => {
      const value = read(field);
      return value === undefined ? [] : (saidOf(field, value) ?? []);
    })[0];
  const detail = said(({ name }) => config[name]) ?? said(({ fallback }) => fallback);
  return detail === undefined ? title : `${title} · ${hideInAddresses(detail)}`;
};

const saidOf = (field: Field, value: unknown): string | undefined => {
  switch (field.kind) {
    case 'number':
      return `${field.title.toLowerCase()} ${String(value)}${field.unit ? ` ${field.unit}` : ''}`;
    case 'duration':
    case 'size':
      return `${field.title.toLowerCase()} ${String(value)}`;
    case 'text':
      return field.isSecret || typeof value !== 'string' || value === '' ? undefined : value;
    case 'list':
    case 'texts':
    case 'shapes':
      return Array.isArray(value) ? entriesOf(field, value) : undefined;
    default:
      return undefined;
  }
};

/** One entry by its content where that is short, several by their number. */
const entriesOf = ({ title }: Field, entries: readonly unknown[]): string | undefined => {
  if (entries.length === 0) return undefined;
  const word = title.toLowerCase();
  if (entries.length > 1) return `${entries.length} ${word}`;
  const [entry] = entries;
  if (typeof entry !== 'object' || entry === null) return textOfValue(entry);
  return `1 ${word.replace(/s$/, '')}`;
};
