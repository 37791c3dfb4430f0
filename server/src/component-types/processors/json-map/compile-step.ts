import { reader, remover, writer } from '../../../engine/field-path.ts';
import type { TimeOptions } from '../../../component-kit/times/time-text.ts';
import { type Change, converted, move, placer, set } from './change.ts';
import { converter } from './convert.ts';
import type { Growth } from './growth.ts';
import { ofList } from './lists.ts';
import { droppedWithout, filledIn, withoutNull } from './nulls.ts';
import { calculated, rounded, scaled } from './numbers.ts';
import { removeLike } from './remove-like.ts';
import type { Step, StepThat } from './step.ts';
import { compileTemplate } from './template.ts';
import { ofText } from './texts.ts';

/** One step as a function, made once. `growth` is told what it adds to a message. */
export const compileStep = (step: Step, growth: Growth): Change => {
  switch (step.do) {
    case 'set':
      return set(step.field, step.value);
    case 'template': {
      const [write, fill] = [writer(step.field), compileTemplate(step.text)];
      return (payload, mine) => {
        const text = fill(payload);
        growth.add(text.length);
        return write(payload, text, mine);
      };
    }
    case 'copy': {
      const [read, place] = [reader(step.from), placer(step.to)];
      return (payload, mine) => {
        const value = read(payload);
        if (value === undefined) return payload;
        // it has two places from now on
        mine.length = 0;
        growth.addCopyOf(value);
        return place(payload, value, mine);
      };
    }
    case 'rename':
      return move(step.from, step.to);
    case 'remove':
      return remover(step.field);
    case 'remove_like':
      return removeLike(step.pattern);
    case 'convert':
      return converted(step.field, converter(step.into, timeOptions(step)), step.into, growth);
    case 'scale':
      return scaled(step, growth);
    case 'calculate':
      return calculated(step, growth);
    case 'round':
      return rounded(step, growth);
    case 'default':
      return filledIn(step.field, step.value, growth);
    case 'remove_null':
      return withoutNull(step.field);
    case 'drop_null':
      return droppedWithout(step.field);
    case 'list':
      return ofList(step, growth);
    case 'text':
      return ofText(step, growth);
  }
};

const timeOptions = ({ format, zone, twice }: StepThat<'convert'>): TimeOptions => ({
  ...(format !== undefined && { format }),
  ...(zone !== undefined && { zone }),
  ...(twice !== undefined && { twice }),
});
