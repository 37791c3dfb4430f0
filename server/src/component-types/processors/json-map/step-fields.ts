import { z } from 'zod';
import { fieldPath } from '../../../component-kit/fields/fields.ts';

export const fromField = fieldPath.meta({
  title: 'From',
  description: 'Field that is read.',
  widget: 'field',
  examples: ['alt'],
});
export const toField = fieldPath.meta({
  title: 'To',
  description: 'Field that is written.',
  widget: 'new_field',
  examples: ['altitude'],
});
/** What a step does, as the form shows it. */
export const does = <const Name extends string>(name: Name, title: string) =>
  z.literal(name).meta({ title, description: title });

/** A field that a step makes, or makes anew: it need not have been there. */
export const madeField = fieldPath.meta({ widget: 'new_field' });

/** Where the result of a step goes that is not to replace what it was made of. */
export const resultField = fieldPath.optional().meta({
  title: 'Into',
  description: 'Field that gets the result; without it the field itself does.',
  widget: 'new_field',
  examples: ['total'],
});
