import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { secretNamed, secretsNamed } from '@semstreams/contract';
import { z } from 'zod';
import { FatalFault } from '../engine/fault.ts';
import { isOfServer } from '../machine/server-variables.ts';
import { reach } from '../reach/reach.ts';
import { isForFlows } from '../reach/secret-variables.ts';
import { hideForPeople } from '../engine/without-secrets.ts';

/** Where secrets are looked for, and for whom. */
export interface SecretsGiven {
  readonly secretsDir: string;
  readonly component: string;
  /** Of the config: fields that it marks by `secrets: 'inside'` may have secrets anywhere in their texts. */
  readonly schema?: z.ZodType | undefined;
}

/**
 * A config with every `"${SECRET_NAME}"` replaced by the secret: from a variable that is meant for flows, else from the file of that
 * name in the secrets folder. In an address a part may be one, and is then written as addresses want it; where the schema marks it a
 * part of any text may be one, such as `"Bearer ${TOKEN}"`. A secret that is nowhere is a FatalFault that names it and says
 * where it was looked for.
 */
export const withSecrets = (config: unknown, given: SecretsGiven): unknown => {
  const resolve = (value: unknown, place: Place): unknown => {
    if (typeof value === 'string') return resolvedText(value, place.isInside, given);
    if (Array.isArray(value)) return value.map((inner) => resolve(inner, within(place, 0)));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner, within(place, key))]));
  };
  return resolve(config, { schema: given.schema, isInside: false });
};

const resolvedText = (text: string, isInside: boolean, { secretsDir, component }: SecretsGiven): string => {
  const whole = secretNamed(text);
  if (whole !== undefined) return secret(whole, secretsDir, component);
  const written = isInside ? (value: string) => value : encodeURIComponent;
  return namesIn(text, isInside).reduce(
    (all, name) => all.replace(`\${${name}}`, () => written(secret(name, secretsDir, component))),
    text,
  );
};

const namesIn = (text: string, isInside: boolean): string[] =>
  isInside ? [...text.matchAll(/\$\{([A-Z][A-Z0-9_]*)\}/g)].map(([, name]) => name!) : secretsNamed(text);

/** A place in a config: what its schema says of it, and whether texts there may have secrets inside. */
interface Place {
  readonly schema: z.ZodType | undefined;
  readonly isInside: boolean;
}

const within = ({ schema, isInside }: Place, key: string | number): Place => {
  const inner = schema && innerOf(schema, key);
  return { schema: inner, isInside: isInside || inner?.meta()?.['secrets'] === 'inside' };
};

const innerOf = (schema: z.ZodType, key: string | number): z.ZodType | undefined => {
  if (schema instanceof z.ZodObject) return schema.shape[key] as z.ZodType | undefined;
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType;
  const { innerType } = schema.def as { readonly innerType?: z.ZodType };
  return innerType && innerOf(innerType, key);
};

/**
 * A config as a component gets it: with its secrets, checked by the schema, with defaults. A FatalFault names the setting
 * that is not right and the secret that it came from, and never what it is.
 */
export const resolvedConfig = (
  schema: z.ZodType,
  config: unknown,
  { secretsDir, component }: { readonly secretsDir: string; readonly component: string },
): unknown => {
  const resolved = withSecrets(config, { secretsDir, component, schema });
  const parsed = schema.safeParse(resolved);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  const given = path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    config,
  );
  const names = secretsNamed(given).map((name) => `"${name}"`);
  const origin = names.length === 0 ? '' : `, with the secret ${names.join(' and ')},`;
  const hide = hideForPeople(secretsIn(config, { secretsDir, component, schema }));
  throw new FatalFault(`the setting "${path.join('.')}" of "${component}"${origin} is not right: ${hide(message)}`);
};

/** The secrets that a config refers to, so that they can be kept out of what people are shown. */
export const secretsIn = (config: unknown, given: SecretsGiven): string[] => {
  const find = (value: unknown, place: Place): string[] => {
    if (typeof value === 'string')
      return namesIn(value, place.isInside).map((name) => secret(name, given.secretsDir, given.component));
    if (typeof value !== 'object' || value === null) return [];
    const isList = Array.isArray(value);
    return Object.entries(value).flatMap(([key, inner]) => find(inner, within(place, isList ? 0 : key)));
  };
  return find(config, { schema: given.schema, isInside: false });
};

/** What stands in those fields of a config that its schema marks as secret. */
export const markedSecrets = (schema: z.ZodType, config: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(config).flatMap(([key, value]) =>
    typeof value === 'string' && secretsNamed(value).length === 0 && isMarked(schema, key) ? [value] : [],
  );

/** Whether a secret of these configs is to be looked for in the secrets folder. */
export const needsSecretsFolder = (configs: readonly unknown[]): boolean =>
  namesIn(JSON.stringify(configs), true).some((name) => fromEnvironment(name) === undefined);

const isMarked = (schema: z.ZodType, key: string): boolean =>
  schema instanceof z.ZodObject && (schema.shape[key] as z.ZodType | undefined)?.meta()?.['secret'] === true;

const secret = (name: string, secretsDir: string, component: string): string => {
  if (isOfServer(name))
    throw new FatalFault(
      `"${component}" asks for "${name}", which is a setting of the server itself and no secret for flows: give the secret another name`,
    );
  const variable = fromEnvironment(name);
  if (variable !== undefined) return variable;
  try {
    return readFileSync(join(secretsDir, name), 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    const isVariable = isForFlows(name, reach().secretVariables ?? []);
    const variable = isVariable ? 'in the environment' : `as a variable that is listed in "secrets.variables"`;
    const folder = secretsDir === '' ? '' : ` or in "${secretsDir}"`;
    throw new FatalFault(`"${component}" needs the secret "${name}": set it ${variable}${folder}`, { cause });
  }
};

const fromEnvironment = (name: string): string | undefined =>
  isForFlows(name, reach().secretVariables ?? []) ? process.env[name] : undefined;
