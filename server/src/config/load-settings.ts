import { type Finding, nearest, schemaFindings } from '@semstreams/contract';
import { z } from 'zod';
import { settingEntries, SettingsSchema, type SettingsValues } from './settings.schema.ts';

/** Reads a file; throws where it cannot. */
export type ReadFile = (path: string) => string;

export interface LoadedSettings {
  readonly values: SettingsValues;
  /** Where each value came from, by its path with dots: `default`, `file` or the name of a variable. */
  readonly origins: ReadonlyMap<string, string>;
}

/** A setting that cannot be used; the message is one line that names it and the way out. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const prefix = 'SEMSTREAMS_';
/** Variables that are no settings but say where to find them. */
const ownVariables = new Set(['SEMSTREAMS_CONFIG']);

/** Environment beats file beats default. Throws a SettingsError at the first thing that is wrong. */
export const loadSettings = (
  environment: Readonly<Record<string, string | undefined>>,
  file: { readonly path: string; readonly text: string } | undefined,
  readFile: ReadFile,
): LoadedSettings => {
  const merged = file ? parseFile(file) : {};
  const origins = new Map<string, string>();
  const entries = settingEntries();
  for (const { path } of entries) origins.set(path.join('.'), valueAt(merged, path) === undefined ? 'default' : 'file');
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(prefix) || text === undefined || ownVariables.has(variable)) continue;
    const entry = entries.find((candidate) => candidate.variable === variable.replace(/_FILE$/, ''));
    const exact = entries.find((candidate) => candidate.variable === variable);
    const found = exact ?? (variable.endsWith('_FILE') ? entry : undefined);
    if (!found)
      throw new SettingsError(
        unknownVariable(
          variable,
          entries.map((candidate) => candidate.variable),
        ),
      );
    const value = exact ? text : readSecret(variable, text, readFile);
    put(merged, found.path, fromText(found.schema, value));
    origins.set(found.path.join('.'), variable);
  }
  const parsed = SettingsSchema.safeParse(merged);
  if (parsed.success) {
    checkTogether(parsed.data);
    return { values: parsed.data, origins };
  }
  const finding = schemaFindings(parsed.error, SettingsSchema, merged, [])[0]!;
  throw new SettingsError(sentenceFor(finding, origins, file?.path));
};

const checkTogether = ({ metrics, port, tls }: SettingsValues): void => {
  if (metrics.port !== undefined && metrics.port !== port)
    throw new SettingsError(`"metrics.port" is ${metrics.port}: metrics are served on "port" (${port}); leave it out`);
  if (tls.enabled && (tls.cert_file === '' || tls.key_file === ''))
    throw new SettingsError('"tls.enabled" needs "tls.cert_file" and "tls.key_file"');
};

const parseFile = ({ path, text }: { readonly path: string; readonly text: string }): Record<string, unknown> => {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch (cause) {
    throw new SettingsError(`"${path}" is not JSON: ${(cause as Error).message}`, { cause });
  }
  throw new SettingsError(`"${path}" holds no settings: it must be a JSON object`);
};

const readSecret = (variable: string, path: string, readFile: ReadFile): string => {
  try {
    return readFile(path).replace(/\r?\n$/, '');
  } catch (cause) {
    throw new SettingsError(`the file "${path}" of ${variable} cannot be read`, { cause });
  }
};

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

const unknownVariable = (variable: string, known: readonly string[]): string => {
  const near = nearest(variable, known);
  return `${variable} is no setting${near ? `; did you mean ${near}?` : '; see docs/configuration.md'}`;
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
  const inner = (object[key] ??= {}) as Record<string, unknown>;
  put(inner, rest, value);
};
