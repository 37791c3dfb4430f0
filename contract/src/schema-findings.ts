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
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(schema, issue.path);
      return issue.keys.map((key) => {
        const near = nearest(key, known);
        const hint = near
          ? `did you mean "${near}"?`
          : known.length > 0
            ? `known here: ${known.join(', ')}`
            : undefined;
        return finding([...issue.path, key], 'unknown_key', `"${key}" is not known here`, hint);
      });
    }
    case 'invalid_value': {
      const near = nearest(String(valueAt(value, issue.path) ?? ''), issue.values.map(String));
      const hint = near ? `did you mean "${near}"?` : `one of: ${issue.values.map(String).join(', ')}`;
      return [
        finding(issue.path, 'wrong_value', `${quoted(valueAt(value, issue.path))} is not one of the choices`, hint),
      ];
    }
    case 'invalid_type': {
      const given = valueAt(value, issue.path);
      return given === undefined
        ? [finding(issue.path, 'missing', `${quoted(lastName(issue.path))} is missing`)]
        : [finding(issue.path, 'wrong_type', `${quoted(given)} is not ${typeWords[issue.expected] ?? issue.expected}`)];
    }
    case 'invalid_union': {
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

/** The keys that a schema knows at a path, through arrays, options, defaults and unions. */
const knownKeys = (schema: z.ZodType, path: readonly PropertyKey[]): string[] => {
  let schemas: z.core.$ZodType[] = unwrapped(schema);
  for (const key of path)
    schemas = schemas.flatMap((inner) => {
      const def = inner._zod.def as SchemaParts;
      const next = typeof key === 'number' ? def.element : (def.shape?.[String(key)] ?? def.valueType);
      return next ? unwrapped(next) : [];
    });
  return schemas.flatMap((inner) => Object.keys((inner._zod.def as SchemaParts).shape ?? {}));
};

interface SchemaParts {
  readonly element?: z.core.$ZodType;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly valueType?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
}

const unwrapped = (schema: z.core.$ZodType): z.core.$ZodType[] => {
  const def = schema._zod.def as SchemaParts;
  if (def.innerType) return unwrapped(def.innerType);
  if (def.in) return unwrapped(def.in);
  if (def.options) return def.options.flatMap(unwrapped);
  return [schema];
};
