/** Whether a variable is a setting of the server itself, such as the password of its administrator: no flow gets it. */
export const isOfServer = (name: string): boolean => /^SEMSTREAMS_/i.test(name);

/** An environment for processes that do what flows say: what is the server's own is not in it. */
export const withoutServerVariables = (
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !isOfServer(name)));
