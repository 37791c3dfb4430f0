/** How variables begin that are meant for flows. */
const prefix = 'FLOW_';

/**
 * Whether flows may use a variable of the server's environment as a secret: where it is meant for them, by its name or by the
 * setting `secrets.variables`. A setting of the server itself never is.
 */
export const isForFlows = (name: string, listed: readonly string[]): boolean =>
  !/^SEMSTREAMS_/i.test(name) && (name.startsWith(prefix) || listed.includes(name));

/** What a process needs of its environment to be one: where programs, zones and certificates are, and options of Node. */
const needed =
  /^(PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_\w+|TZ|TZDIR|TMPDIR|TMP|TEMP|NODE_\w+|UV_\w+|MALLOC_\w+|LD_LIBRARY_PATH|LD_PRELOAD|FAKETIME\w*|SSL_CERT_(FILE|DIR)|VITEST\w*)$/;

/** The environment of processes that do what flows say: nothing that is meant for others. */
export const environmentOfFlows = (
  environment: Readonly<Record<string, string | undefined>>,
  listed: readonly string[],
): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => needed.test(name) || isForFlows(name, listed)));

/** What to do where flows may not use a variable. */
export const wayOutOfSecrets = (name: string): string =>
  `name it "${prefix}${name}", list it in the setting "secrets.variables", or put it as the file "${name}" into the folder of "secrets_dir"`;
