import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, secretsNamed } from '@semstreams/contract';
import { patientLooks } from '../machine/patient-look.ts';
import { isForFlows, wayOutOfSecrets } from '../reach/secret-variables.ts';

/** What there is for secrets: the environment of the server, and which of it flows may use. */
export interface SecretsThere {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly listed: readonly string[];
  readonly folder: string;
}

/**
 * What in a document refers to variables of the server that are not meant for flows. Of a name that nobody has given a value
 * nothing is said: it may be given one until the flow starts.
 */
export const secretFindings = async (document: unknown, there: SecretsThere): Promise<Finding[]> => {
  const { components } = Object(document) as { readonly components?: unknown };
  if (!Array.isArray(components)) return [];
  const used = components.flatMap((component: unknown, index) =>
    namesIn((component as { readonly config?: unknown } | null)?.config, `components[${index}].config`),
  );
  const looks = looksAt(there.folder);
  const isRefused = async (name: string): Promise<boolean> => {
    if (isForFlows(name, there.listed)) return false;
    if (/^SEMSTREAMS_/i.test(name)) return true;
    if (there.environment[name] === undefined) return false;
    if (there.folder === '') return true;
    // a folder that does not answer is told of at the start
    return looks(async () => stat(join(there.folder, name))).then(
      () => false,
      (thrown: unknown) => (thrown as NodeJS.ErrnoException).code !== undefined,
    );
  };
  const refused = await Promise.all(used.map(async ({ name }) => isRefused(name)));
  return used
    .filter((_, index) => refused[index])
    .map(({ place, name }) => ({
      severity: 'error',
      code: 'secret_not_for_flows',
      place,
      sentence: `"${name}" is a variable of the server that is not meant for flows`,
      hint: wayOutOfSecrets(name),
    }));
};

/** One for each folder: what hangs in one question is known in the next. */
const known = new Map<string, ReturnType<typeof patientLooks>>();
const looksAt = (folder: string): ReturnType<typeof patientLooks> => {
  const looks = known.get(folder) ?? patientLooks(folder);
  known.set(folder, looks);
  return looks;
};

const namesIn = (value: unknown, place: string): { readonly place: string; readonly name: string }[] => {
  if (typeof value === 'string') return secretsNamed(value).map((name) => ({ place, name }));
  if (Array.isArray(value)) return value.flatMap((inner, index) => namesIn(inner, `${place}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => namesIn(inner, `${place}.${key}`));
};
