import { Script } from 'node:vm';

/** The name of what a person writes, in stacks. */
export const scriptName = 'script';

/** Why a text is no program, with the line; undefined where it is one. It is read, and nothing of it is run. */
export const syntaxProblem = (code: string): string | undefined => {
  try {
    new Script(code, { filename: scriptName });
  } catch (thrown) {
    const line = /^script:(\d+)/.exec(String((thrown as Error).stack))?.[1];
    return `line ${line ?? '1'}: ${(thrown as Error).message}`;
  }
  if (/\bprocess\b/.test(code)) return undefined;
  return 'there is no function "process" in it: write function process(message) { return message; }';
};

/** Where in the script something was thrown, as text before a sentence; empty where that is not known. */
export const placeIn = (stack: string): string => {
  const found = /\bscript:(\d+)(?::(\d+))?/.exec(stack);
  if (!found) return '';
  return found[2] === undefined ? `line ${found[1]}: ` : `line ${found[1]}, column ${found[2]}: `;
};
