import type { z } from 'zod';
import { type Finding, placeOf } from './finding.ts';
import { nearest } from './words.ts';

/** The findings of a zod error, each with its place (below `prefix`) and, for unknown keys and words, the nearest right one. */
export const schemaFindings = (
  error: z.ZodError,
  schema: z.ZodType,
  value: unknown,
  prefix: readonly PropertyKey[],
): Finding[] => error.issues.flatMap((issue) => issueFindings(issue, schema, value, prefix));

const issueFindings = (
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  value: unknown,
  prefix: readonly PropertyKey[],
): Finding[] => {
  const finding = (path: readonly PropertyKey[], code: string, sentence: string, hint?: string): Finding => ({
    severity: 'error',
    code,
    place: placeOf([...prefix, ...path]),
    sentence,
    ...(hint ? { hint } : {}),
  });
  const missing = (path: readonly PropertyKey[], hint?: string): Finding =>
    finding(path, 'missing', `${quoted(lastName(path))} is missing`, hint);
  const choice = (path: readonly PropertyKey[], choices: readonly unknown[]): Finding => {
    const given = valueAt(value, path);
    const all = choices.length > 0 ? `one of: ${choices.map(String).join(', ')}` : undefined;
    if (given === undefined) return missing(path, all);
    const near = nearest(String(given), choices.map(String));
    const hint = near ? `did you mean "${near}"?` : all;
    return finding(path, 'wrong_value', `${quoted(given)} is not one of the choices`, hint);
  };
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(schema, value, issue.path);
      const given = Object.keys(Object(valueAt(value, issue.path)));
      const free = known.filter((key) => !given.includes(key));
      return issue.keys.map((key) => {
        const near = nearest(key, free);
        const hint = near
          ? `did you mean "${near}"?`
          : known.length > 0
            ? `known here: ${known.join(', ')}`
            : undefined;
        return finding([...issue.path, key], 'unknown_key', `"${key}" is not known here`, hint);
      });
    }
    case 'invalid_value':
      return [choice(issue.path, issue.values)];
    case 'invalid_type': {
      const given = valueAt(value, issue.path);
      return given === undefined
        ? [missing(issue.path)]
        : [finding(issue.path, 'wrong_type', `${quoted(given)} is not ${typeWords[issue.expected] ?? issue.expected}`)];
    }
    case 'invalid_union': {
      if (valueAt(value, issue.path) === undefined || 'options' in issue)
        return [choice(issue.path, 'options' in issue ? issue.options : [])];
      const branches = issue.errors.filter((branch) => branch.length > 0);
      const deepest = branches.sort((a, b) => depth(b) - depth(a))[0];
      if (deepest && depth(deepest) > 0)
        return deepest.flatMap((inner) =>
          issueFindings({ ...inner, path: [...issue.path, ...inner.path] }, schema, value, prefix),
        );
      return [finding(issue.path, 'wrong_value', `${quoted(valueAt(value, issue.path))} does not fit here`)];
    }
    case 'invalid_key':
      return issue.issues.map((inner) => finding(issue.path, 'wrong_key', inner.message));
    case 'too_small':
    case 'too_big': {
      const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum;
      const least = issue.code === 'too_small' ? 'at least' : 'at most';
      const unit = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : '';
      return [finding(issue.path, 'out_of_range', `must be ${least} ${bound}${unit}`)];
    }
    default:
      return [finding(issue.path, 'wrong_value', issue.message)];
  }
};

const depth = (issues: readonly z.core.$ZodIssue[]): number => Math.max(...issues.map((issue) => issue.path.length));

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

const lastName = (path: readonly PropertyKey[]): string => String(path.at(-1) ?? 'the document');

const quoted = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return `"${text.length > 60 ? `${text.slice(0, 57)}…` : text}"`;
};

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );

/** The keys that a schema knows at a path, through arrays, options and defaults, and of a union what fits the value. */
const knownKeys = (schema: z.ZodType, value: unknown, path: readonly PropertyKey[]): string[] => {
  let schemas = unwrapped(schema, value);
  path.forEach((key, index) => {
    const inner = valueAt(value, path.slice(0, index + 1));
    schemas = schemas.flatMap((outer) => {
      const parts = partsOf(outer);
      const next = typeof key === 'number' ? parts.element : (parts.shape?.[String(key)] ?? parts.valueType);
      return next ? unwrapped(next, inner) : [];
    });
  });
  return [...new Set(schemas.flatMap((inner) => Object.keys(partsOf(inner).shape ?? {})))];
};

interface SchemaParts {
  readonly element?: z.core.$ZodType;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly valueType?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  /** What a literal may be. */
  readonly values?: readonly unknown[];
}

const partsOf = (schema: z.core.$ZodType): SchemaParts => schema._zod.def as SchemaParts;

const unwrapped = (schema: z.core.$ZodType, value: unknown): z.core.$ZodType[] => {
  const { innerType, in: input, options } = partsOf(schema);
  if (innerType) return unwrapped(innerType, value);
  if (input) return unwrapped(input, value);
  if (!options) return [schema];
  const meant = options.filter((option) => hasLiteralsOf(option, value));
  return (meant.length > 0 ? meant : options).flatMap((option) => unwrapped(option, value));
};

/** Whether a value says of itself that it is this option of a union: `do: "set"` is no `do: "rename"`. */
const hasLiteralsOf = (option: z.core.$ZodType, value: unknown): boolean =>
  Object.entries(partsOf(option).shape ?? {}).every(([key, inner]) => {
    const { values } = partsOf(inner);
    return values === undefined || values.includes(valueAt(value, [key]));
  });
