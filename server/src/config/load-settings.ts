import { join } from 'node:path';
import { type Finding, nearest, schemaFindings } from '@semstreams/contract';
import { z } from 'zod';
import { checkTogether } from './check-together.ts';
import { parseSettingsFile, type SettingsFile } from './settings-file.ts';
import { SettingsError } from './settings-error.ts';
import { type SettingEntry, settingEntries, SettingsSchema, type SettingsValues } from './settings.schema.ts';

/** Reads a file; throws where it cannot, with the code of the system. */
export type ReadFile = (path: string) => string;

export interface LoadedSettings {
  readonly values: SettingsValues;
  /** Where each value came from, by its path with dots: `default`, `file`, the name of a variable or the path of a secret. */
  readonly origins: ReadonlyMap<string, string>;
  /** Every file that was read, to be watched for changes. */
  readonly files: readonly string[];
}

const prefix = 'SEMSTREAMS_';
/** Variables that are no settings: where to find them, what the build says of itself, what commands show. */
const ownVariables = new Set(['SEMSTREAMS_CONFIG', 'SEMSTREAMS_COMMIT', 'SEMSTREAMS_TOKEN']);

/**
 * Environment beats secrets folder beats file beats default. A variable that is empty is one that is not set, as Compose
 * passes those that it does not know. Throws a SettingsError at the first thing that is wrong.
 */
export const loadSettings = (
  environment: Readonly<Record<string, string | undefined>>,
  file: SettingsFile | undefined,
  readFile: ReadFile,
): LoadedSettings => {
  const merged = file ? parseSettingsFile(file) : {};
  const entries = settingEntries();
  const origins = new Map<string, string>();
  const files = file ? [file.path] : [];
  for (const { path } of entries) origins.set(path.join('.'), valueAt(merged, path) === undefined ? 'default' : 'file');
  const take = (entry: SettingEntry, text: string, origin: string) => {
    put(merged, entry.path, fromText(entry.schema, text));
    origins.set(entry.path.join('.'), origin);
  };

  for (const { entry, path, text } of secretsIn(secretsFolder(environment, merged), entries, readFile)) {
    take(entry, text, path);
    files.push(path);
  }
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(prefix) || ownVariables.has(variable)) continue;
    const { entry, isFile } = entryOf(variable, entries);
    if (text === undefined || text === '') continue;
    take(entry, isFile ? readSecret(variable, text, readFile) : text, variable);
    if (isFile) files.push(text);
  }

  const parsed = SettingsSchema.safeParse(merged);
  if (!parsed.success) {
    const finding = schemaFindings(parsed.error, SettingsSchema, merged, [])[0]!;
    throw new SettingsError(sentenceFor(finding, origins, file?.path));
  }
  checkTogether(parsed.data);
  return { values: parsed.data, origins, files };
};

/** The setting of a variable: by its own name, or with `_FILE` behind it. `SEMSTREAMS_TLS_CERT_FILE` is a name of its own. */
const entryOf = (variable: string, entries: readonly SettingEntry[]): { entry: SettingEntry; isFile: boolean } => {
  const exact = entries.find((candidate) => candidate.variable === variable);
  if (exact) return { entry: exact, isFile: false };
  const named = entries.find((candidate) => `${candidate.variable}_FILE` === variable);
  if (named) return { entry: named, isFile: true };
  const near = nearest(
    variable,
    entries.map((candidate) => candidate.variable),
  );
  throw new SettingsError(
    `${variable} is no setting${near ? `; did you mean ${near}?` : '; see docs/configuration.md'}`,
  );
};

const secretsFolder = (environment: Readonly<Record<string, string | undefined>>, merged: unknown): string => {
  const given = environment['SEMSTREAMS_SECRETS_DIR'] || valueAt(merged, ['secrets_dir']);
  return typeof given === 'string' ? given : SettingsSchema.shape.secrets_dir.parse(undefined);
};

/** The secrets among the settings that have a file of their name in the folder, such as `nats_password`. */
const secretsIn = (folder: string, entries: readonly SettingEntry[], readFile: ReadFile) =>
  (folder === '' ? [] : entries.filter(({ isSecret }) => isSecret)).flatMap((entry) => {
    const path = join(folder, entry.path.join('_'));
    try {
      return [{ entry, path, text: withoutLineEnd(readFile(path)) }];
    } catch (cause) {
      const { code } = cause as { code?: string };
      if (code === 'ENOENT' || code === 'ENOTDIR') return [];
      throw new SettingsError(`the secret "${path}" cannot be read: ${(cause as Error).message}`, { cause });
    }
  });

const readSecret = (variable: string, path: string, readFile: ReadFile): string => {
  try {
    return withoutLineEnd(readFile(path));
  } catch (cause) {
    throw new SettingsError(`the file "${path}" of ${variable} cannot be read: ${(cause as Error).message}`, { cause });
  }
};

const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, '');

/** Text of a variable as the value that the schema wants; what cannot be one stays text and is refused by the schema. */
const fromText = (schema: z.ZodType, text: string): unknown => {
  if (schema.safeParse(text).success) return text;
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (schema.safeParse([]).success)
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  return text;
};

const sentenceFor = (
  { place, sentence, hint }: Finding,
  origins: ReadonlyMap<string, string>,
  file?: string,
): string => {
  const origin = origins.get(place);
  const where =
    origin && origin !== 'file' && origin !== 'default' ? origin : `"${place}"${file ? ` in "${file}"` : ''}`;
  return `${where}: ${sentence}${hint ? `; ${hint}` : ''}`;
};

const valueAt = (object: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    object,
  );

const put = (object: Record<string, unknown>, [key, ...rest]: readonly string[], value: unknown): void => {
  if (key === undefined) return;
  if (rest.length === 0) {
    object[key] = value;
    return;
  }
  const inner = object[key];
  const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
  put((isObject ? inner : (object[key] = {})) as Record<string, unknown>, rest, value);
};
