import { InvalidMessage } from '../../../engine/fault.ts';
import { reader } from '../../../engine/field-path.ts';
import { jsonOf } from '../../../engine/json-text.ts';
import { type Change, derived, shown } from './change.ts';
import type { Growth } from './growth.ts';
import type { StepThat } from './step.ts';

type List = readonly unknown[];

/** What is taken of a list. */
export const ofList = (step: StepThat<'list'>, growth: Growth): Change => {
  const take = taking(step, growth);
  return derived(
    step,
    (value) => {
      if (!Array.isArray(value))
        throw new InvalidMessage(`the field "${step.field}" is ${shown(value)}, which is no list`);
      return take(value);
    },
    growth,
  );
};

const taking = ({ take, separator, of }: StepThat<'list'>, growth: Growth): ((list: List) => unknown) => {
  switch (take) {
    case 'first':
      return (list) => list[0] ?? null;
    case 'last':
      return (list) => list.at(-1) ?? null;
    case 'length':
      return (list) => list.length;
    case 'join':
      return (list) => joined(list, separator, growth);
    case 'each': {
      const read = reader(of!);
      return (list) => list.map(read).filter((value) => value !== undefined);
    }
  }
};

/** Texts stand as they are, other values as JSON, null as nothing. */
const joined = (list: List, separator: string, growth: Growth): string => {
  let text = '';
  for (const [index, element] of list.entries()) {
    const part = element === null ? '' : typeof element === 'string' ? element : jsonOf(element);
    const piece = index === 0 ? part : separator + part;
    growth.add(piece.length);
    text += piece;
  }
  return text;
};
