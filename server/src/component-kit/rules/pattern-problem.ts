import { RE2JS } from 're2js';

/** Characters of a pattern. */
export const longestPattern = 1000;

/** Size of all patterns of a component together, by `patternSize`: they are compiled in some ten milliseconds. */
export const mostPatternSize = 4000;

/** Why a text is no pattern; undefined where it is one. */
export const patternProblem = (pattern: string): string | undefined => {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (thrown) {
    return `this is no pattern: ${(thrown as Error).message}`;
  }
};
