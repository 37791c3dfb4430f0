import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { secretNamed, secretsNamed } from '@semstreams/contract';
import { z } from 'zod';
import { FatalFault } from '../../engine/fault.ts';
import { hideForPeople } from '../../engine/without-secrets.ts';

/**
 * A config with every `"${SECRET_NAME}"` replaced by the secret: from the environment, else from the file of that name in
 * the secrets folder. In an address a part may be one, and is then written as addresses want it. A secret that is nowhere
 * is a FatalFault that names it and says where it was looked for.
 */
export const withSecrets = (value: unknown, secretsDir: string, component: string): unknown => {
  if (typeof value === 'string') {
    const whole = secretNamed(value);
    if (whole !== undefined) return secret(whole, secretsDir, component);
    return secretsNamed(value).reduce(
      (text, name) => text.replace(`\${${name}}`, () => encodeURIComponent(secret(name, secretsDir, component))),
      value,
    );
  }
  if (Array.isArray(value)) return value.map((inner) => withSecrets(inner, secretsDir, component));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withSecrets(inner, secretsDir, component)]),
  );
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
  const resolved = withSecrets(config, secretsDir, component);
  const parsed = schema.safeParse(resolved);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  const given = path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    config,
  );
  const names = secretsNamed(given).map((name) => `"${name}"`);
  const origin = names.length === 0 ? '' : `, with the secret ${names.join(' and ')},`;
  const hide = hideForPeople(secretsIn(config, secretsDir, component));
  throw new FatalFault(`the setting "${path.join('.')}" of "${component}"${origin} is not right: ${hide(message)}`);
};

/** The secrets that a config refers to, so that they can be kept out of what people are shown. */
export const secretsIn = (value: unknown, secretsDir: string, component: string): string[] => {
  if (typeof value === 'string') return secretsNamed(value).map((name) => secret(name, secretsDir, component));
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((inner) => secretsIn(inner, secretsDir, component));
};

/** What stands in those fields of a config that its schema marks as secret. */
export const markedSecrets = (schema: z.ZodType, config: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(config).flatMap(([key, value]) =>
    typeof value === 'string' && secretsNamed(value).length === 0 && isMarked(schema, key) ? [value] : [],
  );

const isMarked = (schema: z.ZodType, key: string): boolean =>
  schema instanceof z.ZodObject && (schema.shape[key] as z.ZodType | undefined)?.meta()?.['secret'] === true;

const secret = (name: string, secretsDir: string, component: string): string => {
  const fromEnvironment = process.env[name];
  if (fromEnvironment !== undefined) return fromEnvironment;
  try {
    return readFileSync(join(secretsDir, name), 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    const places = secretsDir === '' ? 'in the environment' : `in the environment or in "${secretsDir}"`;
    throw new FatalFault(`"${component}" needs the secret "${name}": set it ${places}`, { cause });
  }
};
