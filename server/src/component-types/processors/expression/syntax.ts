import { compileFunction } from 'node:vm';
import jsonataText from 'jsonata/jsonata.min.js?raw';
import { z } from 'zod';

type Parse = (expression: string) => unknown;

/** What the parser of JSONata throws. */
const Mistake = z.object({ message: z.string(), position: z.number().optional() });

let parser: Parse | undefined;

/** Read from its text when somebody asks for the first time: most servers have no expression. */
const parse: Parse = (expression) => {
  if (!parser) {
    const module = { exports: {} };
    compileFunction(jsonataText, ['module', 'exports'])(module, module.exports);
    parser = module.exports as Parse;
  }
  return parser(expression);
};

/** Why a text is no expression, with the place; undefined where it is one. Nothing of it is evaluated. */
export const syntaxProblem = (expression: string): string | undefined => {
  try {
    parse(expression);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof RangeError) return 'it is nested too deep: write parts of it as variables';
    const { message, position } = Mistake.parse(thrown);
    return sentenceAt(position, message);
  }
};

/** Positions are counted from 1. */
export const sentenceAt = (position: number | undefined, sentence: string): string =>
  position === undefined ? sentence : `character ${position}: ${sentence}`;
