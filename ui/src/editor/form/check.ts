import { durationPattern, secretsNamed, sizePattern } from '@semstreams/contract';
import type { Field, JsonSchema } from './fields.ts';

/** Why a value cannot be right for a field, as a sentence for a person; `undefined` when the form sees nothing wrong. */
export const problemOf = (field: Field, value: unknown): string | undefined => {
  if (value === undefined)
    return field.isRequired && field.fallback === undefined ? 'This has to be given.' : undefined;
  switch (field.kind) {
    case 'number':
      return numberProblem(field.schema, field.isWhole, value);
    case 'duration':
      return typeof value === 'string' && durationPattern.test(value)
        ? undefined
        : 'Write a number and its unit: “500ms”, “5s”, “10m”, “24h”.';
    case 'size':
      return typeof value === 'string' && sizePattern.test(value)
        ? undefined
        : 'Write a number and its unit: “64KB”, “256MB”, “1GB”.';
    case 'text':
      return textProblem(field.schema, value, field.isRequired);
    case 'choice':
      return field.options.some((option) => option.value === value)
        ? undefined
        : `“${String(value)}” is not one of the choices.`;
    default:
      return undefined;
  }
};

const numberProblem = (schema: JsonSchema, isWhole: boolean, value: unknown): string | undefined => {
  const isRight =
    typeof value === 'number' &&
    (!isWhole || Number.isInteger(value)) &&
    value >= (schema.minimum ?? -Infinity) &&
    value <= (schema.maximum ?? Infinity) &&
    value > (schema.exclusiveMinimum ?? -Infinity) &&
    value < (schema.exclusiveMaximum ?? Infinity);
  return isRight ? undefined : `Must be a ${isWhole ? 'whole ' : ''}number${rangeOf(schema)}.`;
};

/** ` from 0 to 65 535`, ` of 1 or more`, ` above 0`; nothing where any number will do. */
export const rangeOf = (schema: JsonSchema): string => {
  const least = within(schema.minimum);
  const most = within(schema.maximum);
  if (least !== undefined && most !== undefined) return ` from ${shown(least)} to ${shown(most)}`;
  if (least !== undefined) return ` of ${shown(least)} or more`;
  if (schema.exclusiveMinimum !== undefined)
    return ` above ${shown(schema.exclusiveMinimum)}${most === undefined ? '' : ` and up to ${shown(most)}`}`;
  return most === undefined ? '' : ` of ${shown(most)} or less`;
};

/** The bounds of whole numbers themselves say nothing to people. */
const within = (bound: number | undefined): number | undefined =>
  bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? undefined : bound;

const shown = (value: number): string =>
  Number.isInteger(value) ? String(value).replace(/\B(?=(\d{3})+$)/g, ' ') : String(value);

const textProblem = (schema: JsonSchema, value: unknown, isRequired: boolean): string | undefined => {
  if (typeof value !== 'string') return 'Must be a text.';
  if (value === '' && (isRequired || (schema.minLength ?? 0) > 0)) return 'This has to be given.';
  if (schema.minLength !== undefined && schema.minLength === schema.maxLength && value.length !== schema.minLength)
    return `Must have ${schema.minLength} character${schema.minLength === 1 ? '' : 's'}.`;
  if (schema.maxLength !== undefined && value.length > schema.maxLength)
    return `Must have ${shown(schema.maxLength)} characters at most.`;
  if (secretsNamed(value).length > 0) return undefined;
  if (schema.format === 'uri' && !URL.canParse(value)) return `Must be an address${like(schema)}.`;
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) {
    if (schema.format === 'starts_with') return `Must begin with “${schema.pattern.replace(/^\^|\.\*$|\\/g, '')}”.`;
    return `Does not have the right form${like(schema)}.`;
  }
  return undefined;
};

const like = ({ examples }: JsonSchema): string =>
  typeof examples?.[0] === 'string' ? `, such as “${examples[0]}”` : '';
