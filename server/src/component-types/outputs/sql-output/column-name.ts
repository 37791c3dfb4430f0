/** Longest name of PostgreSQL, in bytes: it would cut a longer one. */
const longestName = 63;

/** Why a name can be none of a table or a column, or undefined where it can. */
export const nameProblem = (name: string): string | undefined => {
  if (name === '') return 'a name has one character at least';
  if (/[\0\p{Surrogate}]/u.test(name)) return 'a name has no NUL character, and no half of a character';
  return Buffer.byteLength(name) > longestName
    ? `"${name.slice(0, 20)}…" is longer than the ${longestName} bytes that a name may have`
    : undefined;
};

/** A name as it stands in a statement, whatever it holds. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
