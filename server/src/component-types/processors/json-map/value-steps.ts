import { z } from 'zod';
import { fieldPath } from '../../../component-kit/fields/fields.ts';
import { does, resultField, madeField } from './step-fields.ts';

/** Steps that make one value of another: of numbers, of what is null, of lists, of texts. */
const longestWord = 1000;

const decimalsField = z.int().min(-15).max(20);

export const scaleStep = z.strictObject({
  do: does('scale', 'Scale a number'),
  field: fieldPath,
  factor: z.number().default(1).meta({ title: 'Times', description: 'The number is multiplied by this.' }),
  offset: z.number().default(0).meta({ title: 'Plus', description: 'This is added afterwards.' }),
});

export const calculateStep = z.strictObject({
  do: does('calculate', 'Calculate'),
  field: fieldPath,
  operator: z.enum(['plus', 'minus', 'times', 'divided_by']).meta({
    title: 'Is',
    description: 'What is done with the number.',
    choices: { plus: 'plus', minus: 'minus', times: 'times', divided_by: 'divided by' },
  }),
  by: z.union([z.number(), fieldPath]).meta({
    title: 'Number or field',
    description: 'A number, or the name of the field that holds it.',
    examples: ['voltage'],
    widget: 'value',
  }),
  decimals: decimalsField.optional().meta({
    title: 'Decimals',
    description: 'So many digits behind the point; without it as many as the result has.',
  }),
  to: resultField,
});

export const roundStep = z.strictObject({
  do: does('round', 'Round a number'),
  field: fieldPath,
  decimals: decimalsField.default(0).meta({
    title: 'Decimals',
    description: 'So many digits behind the point stay; -2 rounds to hundreds.',
  }),
  direction: z
    .enum(['nearest', 'up', 'down', 'toward_zero'])
    .default('nearest')
    .meta({
      title: 'To',
      description: 'Which number is taken where it lies between two; halves go away from zero.',
      choices: {
        nearest: 'the nearest',
        up: 'the next above',
        down: 'the next below',
        toward_zero: 'without the rest',
      },
    }),
  to: resultField,
});

export const defaultStep = z.strictObject({
  do: does('default', 'Fill in where missing or null'),
  field: madeField,
  value: z.json().meta({ title: 'Value', description: 'What the field becomes then.', widget: 'value' }),
});

export const removeNullStep = z.strictObject({
  do: does('remove_null', 'Remove where null'),
  field: fieldPath.optional().meta({
    title: 'Field',
    description: 'Field that is removed where it is null; without it all fields that are.',
    widget: 'field',
  }),
});

export const dropNullStep = z.strictObject({
  do: does('drop_null', 'Leave the message out where missing or null'),
  field: fieldPath,
});

export const listStep = z
  .strictObject({
    do: does('list', 'Take from a list'),
    field: fieldPath,
    take: z.enum(['first', 'last', 'length', 'join', 'each']).meta({
      title: 'Take',
      description: 'What becomes of the list; the first and the last of an empty one are null.',
      choices: {
        first: 'The first',
        last: 'The last',
        length: 'How many there are',
        join: 'All, as one text',
        each: 'One field of each',
      },
    }),
    separator: z
      .string()
      .max(longestWord)
      .default(', ')
      .meta({
        title: 'Between them',
        description: 'Text that stands between two of them.',
        showIf: { field: 'take', is: ['join'] },
      }),
    of: fieldPath.optional().meta({
      title: 'Field of each',
      description: 'Path within each of the list; those without it are left out.',
      showIf: { field: 'take', is: ['each'] },
      widget: 'text',
      examples: ['name'],
    }),
    to: resultField,
  })
  .check(({ value, issues }) => {
    if (value.take === 'each' && value.of === undefined)
      issues.push({ code: 'custom', path: ['of'], message: 'say which field of each is taken', input: undefined });
  });

export const textStep = z
  .strictObject({
    do: does('text', 'Change a text'),
    field: fieldPath,
    change: z.enum(['uppercase', 'lowercase', 'trim', 'replace', 'split']).meta({
      title: 'Change',
      description: 'What becomes of the text; what is no text stays as it is.',
      choices: {
        uppercase: 'Upper case',
        lowercase: 'Lower case',
        trim: 'Without spaces around',
        replace: 'Replace a part',
        split: 'Split into a list',
      },
    }),
    find: z
      .string()
      .min(1)
      .max(longestWord)
      .optional()
      .meta({
        title: 'Part',
        description: 'What is replaced, everywhere in the text.',
        showIf: { field: 'change', is: ['replace'] },
      }),
    by: z
      .string()
      .max(longestWord)
      .default('')
      .meta({
        title: 'Becomes',
        description: 'What stands there instead; empty removes it.',
        showIf: { field: 'change', is: ['replace'] },
      }),
    separator: z
      .string()
      .min(1)
      .max(longestWord)
      .default(',')
      .meta({
        title: 'Split at',
        description: 'Text that stands between two parts.',
        showIf: { field: 'change', is: ['split'] },
      }),
    to: resultField,
  })
  .check(({ value, issues }) => {
    if (value.change === 'replace' && value.find === undefined)
      issues.push({ code: 'custom', path: ['find'], message: 'say which part is replaced', input: undefined });
  });
