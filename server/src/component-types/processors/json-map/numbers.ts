import { doubleOf, type ExactNumber } from '../../../engine/exact-number.ts';
import { InvalidMessage, sentenceOf } from '../../../engine/fault.ts';
import { reader } from '../../../engine/field-path.ts';
import { calculation, rounding, scaling } from './arithmetic.ts';
import { type Change, derived, shown } from './change.ts';
import type { Growth } from './growth.ts';
import type { StepThat } from './step.ts';

type AnyNumber = number | ExactNumber;

/** A field multiplied by a number, and another one added. */
export const scaled = ({ field, factor, offset }: StepThat<'scale'>, growth: Growth): Change => {
  const scale = scaling(factor, offset);
  return derived({ field }, (value) => reckoned(field, () => scale(numberIn(value, field))), growth);
};

/** A field and another one, or a number. Where one of the two is missing there is no result. */
export const calculated = (step: StepThat<'calculate'>, growth: Growth): Change => {
  const { field, by } = step;
  const calculate = calculation(step.operator, step.decimals);
  const other = typeof by === 'number' ? () => by : reader(by);
  return derived(
    step,
    (value, payload) => {
      const second = other(payload);
      if (second === undefined) return undefined;
      return reckoned(field, () => calculate(numberIn(value, field), numberIn(second, String(by))));
    },
    growth,
  );
};

export const rounded = (step: StepThat<'round'>, growth: Growth): Change => {
  const round = rounding(step.decimals, step.direction);
  return derived(step, (value) => reckoned(step.field, () => round(numberIn(value, step.field))), growth);
};

const numberIn = (value: unknown, field: string): AnyNumber => {
  if (doubleOf(value) !== undefined) return value as AnyNumber;
  const wayOut =
    value === null
      ? ': a step before can fill in what is null, or leave the message out'
      : typeof value === 'string'
        ? ': a step before can convert it'
        : '';
  throw new InvalidMessage(`the field "${field}" is ${shown(value)}, which is no number${wayOut}`);
};

/** What is wrong with numbers themselves is said with the field. */
const reckoned = (field: string, reckon: () => AnyNumber): AnyNumber => {
  try {
    return reckon();
  } catch (thrown) {
    const sentence = sentenceOf(thrown);
    if (sentence.startsWith('the field')) throw thrown;
    throw new InvalidMessage(`the field "${field}" cannot be reckoned with: ${sentence}`, { cause: thrown });
  }
};
