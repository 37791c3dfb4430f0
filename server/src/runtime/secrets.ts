import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FatalFault } from '../engine/fault.ts';

const reference = /^\$\{([A-Z][A-Z0-9_]*)\}$/;

/**
 * A config with every `"${SECRET_NAME}"` replaced by the secret: from the environment, else from the file of that name in
 * the secrets folder. A secret that is nowhere is a FatalFault that names it and says where it was looked for.
 */
export const withSecrets = (value: unknown, secretsDir: string, component: string): unknown => {
  if (typeof value === 'string') {
    const name = reference.exec(value)?.[1];
    return name === undefined ? value : secret(name, secretsDir, component);
  }
  if (Array.isArray(value)) return value.map((inner) => withSecrets(inner, secretsDir, component));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withSecrets(inner, secretsDir, component)]),
  );
};

/** The secrets that a config refers to, so that they can be kept out of what people are shown. */
export const secretsIn = (value: unknown, secretsDir: string, component: string): string[] => {
  if (typeof value === 'string')
    return reference.test(value) ? [String(withSecrets(value, secretsDir, component))] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((inner) => secretsIn(inner, secretsDir, component));
};

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
