import type { z } from 'zod';
import { type Finding, FindingList, placeOf } from './finding.ts';
import { spaced } from './json-bounds.ts';
import { nearest, secretsNamed } from './words.ts';

/** The findings of a zod error, each with its place (below `prefix`) and, for unknown keys and words, the nearest right one. */
export const schemaFindings = (
  error: z.ZodError,
  schema: z.ZodType,
  value: unknown,
  prefix: readonly PropertyKey[],
): Finding[] => {
  const list = new FindingList();
  noteSchemaFindings(list, error, { schema, value, prefix });
  return list.all();
};

/** What was checked, and where it stands in the whole. */
export interface Checked {
  readonly schema: z.ZodType;
  readonly value: unknown;
  readonly prefix: readonly PropertyKey[];
  /** Texts may be references to secrets: what a secret looks like is known, and checked, at the start. */
  readonly hasSecrets?: boolean;
  /** Says more of each finding, such as which component it is about. */
  readonly more?: (finding: Omit<Finding, 'severity'>) => Omit<Finding, 'severity'>;
}

export const noteSchemaFindings = (list: FindingList, error: z.ZodError, checked: Checked): void => {
  for (const issue of error.issues)
    if (!(checked.hasSecrets && isOfSecret(issue, checked.value))) noteIssue(list, issue, checked);
};

/** Whether all that is wrong is how a reference to a secret looks, in a field that takes a text. */
const isOfSecret = ({ code, path }: z.core.$ZodIssue, value: unknown): boolean =>
  ['invalid_format', 'too_small', 'too_big', 'custom'].includes(code) && secretsNamed(valueAt(value, path)).length > 0;

const noteIssue = (list: FindingList, issue: z.core.$ZodIssue, checked: Checked): void => {
  const { value, prefix, more = (finding) => finding } = checked;
  const note = (path: readonly PropertyKey[], code: string, told: () => Told): void =>
    list.add('error', () => {
      const { sentence, hint, instead } = told();
      const place = placeOf([...prefix, ...path]);
      return more({ code, place, sentence, ...(hint ? { hint } : {}), ...(instead === undefined ? {} : { instead }) });
    });
  const given = (path: readonly PropertyKey[]): unknown => valueAt(value, path);
  const noteMissing = (path: readonly PropertyKey[], hint?: string): void =>
    note(path, 'missing', () => ({ sentence: `${quoted(lastName(path))} is missing`, hint }));
  const noteChoice = (path: readonly PropertyKey[], choices: readonly unknown[]): void => {
    const all = choices.length > 0 ? `one of: ${listed(choices.map(String))}` : undefined;
    if (given(path) === undefined) return noteMissing(path, all);
    note(path, 'wrong_value', () => {
      const near = isPlain(given(path)) ? nearest(String(given(path)), choices.map(String)) : undefined;
      return {
        sentence: `${quoted(given(path))} is not one of the choices`,
        hint: near ? `did you mean "${near}"?` : all,
        instead: near,
      };
    });
  };
  switch (issue.code) {
    case 'unrecognized_keys':
      return noteUnknownKeys(list, issue, checked, note);
    case 'invalid_value':
      return noteChoice(issue.path, issue.values);
    case 'invalid_type':
      if (given(issue.path) === undefined) return noteMissing(issue.path);
      return note(issue.path, 'wrong_type', () => ({
        sentence: `${quoted(given(issue.path))} is not ${typeWords[issue.expected] ?? issue.expected}`,
      }));
    case 'invalid_union': {
      if (given(issue.path) === undefined || 'options' in issue)
        return noteChoice(issue.path, 'options' in issue ? issue.options : []);
      const branches = issue.errors.filter((branch) => branch.length > 0);
      const deepest = branches.sort((a, b) => depth(b) - depth(a))[0];
      if (!deepest || depth(deepest) === 0)
        return note(issue.path, 'wrong_value', () => ({ sentence: `${quoted(given(issue.path))} does not fit here` }));
      for (const inner of deepest) noteIssue(list, { ...inner, path: [...issue.path, ...inner.path] }, checked);
      return;
    }
    case 'invalid_key':
      for (const inner of issue.issues) note(issue.path, 'wrong_key', () => ({ sentence: inner.message }));
      return;
    case 'too_small':
    case 'too_big': {
      const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum;
      const least = issue.code === 'too_small' ? 'at least' : 'at most';
      const unit = unitOf(issue.origin, Number(bound));
      return note(issue.path, 'out_of_range', () => ({ sentence: `must be ${least} ${bound}${unit}` }));
    }
    default:
      return note(issue.path, 'wrong_value', () => ({ sentence: issue.message }));
  }
};

interface Told {
  readonly sentence: string;
  readonly hint?: string | undefined;
  readonly instead?: string | undefined;
}

const noteUnknownKeys = (
  list: FindingList,
  { path, keys }: z.core.$ZodIssueUnrecognizedKeys,
  { schema, value }: Checked,
  note: (path: readonly PropertyKey[], code: string, told: () => Told) => void,
): void => {
  if (list.isFull) return list.count('error', keys.length);
  const known = knownKeys(schema, value, path);
  const given = new Set(Object.keys(Object(valueAt(value, path))));
  const free = known.filter((key) => !given.has(key));
  for (const key of keys)
    note([...path, key], 'unknown_key', () => {
      const near = nearest(key, free);
      const hint = near ? `did you mean "${near}"?` : known.length > 0 ? `known here: ${listed(known)}` : undefined;
      return { sentence: `${quoted(key)} is not known here`, hint, instead: near };
    });
};

/** What is counted of a text or a list, in words: " character", " entries". */
const unitOf = (origin: string, count: number): string => {
  if (origin === 'string') return count === 1 ? ' character' : ' characters';
  if (origin === 'array') return count === 1 ? ' entry' : ' entries';
  return '';
};

const depth = (issues: readonly z.core.$ZodIssue[]): number =>
  issues.reduce((deepest, { path }) => Math.max(deepest, path.length), 0);

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

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;

const quoted = (value: unknown): string => {
  if (!isPlain(value)) return Array.isArray(value) ? 'a list' : 'an object';
  const text = String(value);
  return `"${text.length > 60 ? `${text.slice(0, 57)}…` : text}"`;
};

/** So many words help somebody to choose. */
const mostWords = 50;

const listed = (words: readonly string[]): string =>
  words.length > mostWords
    ? `${words.slice(0, mostWords).join(', ')} and ${spaced(words.length - mostWords)} more`
    : words.join(', ');

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
