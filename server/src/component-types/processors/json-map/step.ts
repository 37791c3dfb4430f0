import { z } from 'zod';
import { fieldPath } from '../../../component-kit/fields/fields.ts';
import { timeFormatField, timeZoneField, twiceField } from '../../../component-kit/times/time-settings.ts';
import { type Conversion, conversionNames } from './convert.ts';
import { templateProblem } from './template.ts';
import { does, fromField, madeField, toField } from './step-fields.ts';
import {
  calculateStep,
  defaultStep,
  dropNullStep,
  listStep,
  removeNullStep,
  roundStep,
  scaleStep,
  textStep,
} from './value-steps.ts';

/** Where the format of a time matters. */
const fromText = { field: 'into', is: ['time_from_text', 'ms_from_time'] satisfies Conversion[] };

/** One change of a message. */
export const Step = z.discriminatedUnion('do', [
  z.strictObject({
    do: does('set', 'Set to a value'),
    field: madeField,
    value: z.json().meta({ title: 'Value', description: 'Any value, the same for all messages.', widget: 'value' }),
  }),
  z.strictObject({
    do: does('template', 'Set to a text'),
    field: madeField,
    text: z
      .string()
      .max(10_000)
      .check((context) => {
        const problem = templateProblem(context.value);
        if (problem) context.issues.push({ code: 'custom', message: problem, input: context.value });
      })
      .meta({
        title: 'Text',
        description: 'Fields in braces are filled in; write {{ for a brace.',
        examples: ['{vehicle} at {position.altitude} m'],
      }),
  }),
  z.strictObject({ do: does('copy', 'Copy'), from: fromField, to: toField }),
  z.strictObject({ do: does('rename', 'Rename'), from: fromField, to: toField }),
  z.strictObject({ do: does('remove', 'Remove'), field: fieldPath }),
  z.strictObject({
    do: does('remove_like', 'Remove by a pattern'),
    pattern: z
      .string()
      .max(500)
      .regex(
        /^(?:[^*[\]"]+\.)?(?=[^.]*\*)[^.[\]"]+$/,
        'write a name with "*" for any characters, such as "debug_*" or "meta.*_raw"',
      )
      .meta({
        title: 'Fields',
        description: 'Names with "*" for any characters, such as "debug_*", or "meta.*_raw" within a field.',
        examples: ['debug_*'],
      }),
  }),
  z.strictObject({
    do: does('convert', 'Convert'),
    field: fieldPath,
    into: z.enum(conversionNames).meta({
      title: 'Into',
      description: 'What the field becomes; times become ISO 8601 texts.',
      choices: {
        number: 'Number',
        integer: 'Whole number',
        string: 'Text',
        boolean: 'Yes or no',
        time_from_s: 'Time, from seconds since 1970',
        time_from_ms: 'Time, from milliseconds',
        time_from_us: 'Time, from microseconds',
        time_from_ns: 'Time, from nanoseconds',
        time_from_text: 'Time, from a text',
        ms_from_time: 'Milliseconds since 1970, from a text',
        time_from_boot_s: 'Time, from seconds since a device was started',
        time_from_boot_ms: 'Time, from milliseconds since a start',
        time_from_boot_us: 'Time, from microseconds since a start',
        time_from_boot_ns: 'Time, from nanoseconds since a start',
      },
    }),
    format: timeFormatField.optional().meta({ showIf: fromText }),
    zone: timeZoneField.optional().meta({ showIf: fromText }),
    twice: twiceField.optional().meta({ showIf: fromText }),
  }),
  scaleStep,
  calculateStep,
  roundStep,
  defaultStep,
  removeNullStep,
  dropNullStep,
  listStep,
  textStep,
]);
export type Step = z.infer<typeof Step>;
export type StepThat<Does extends Step['do']> = Extract<Step, { do: Does }>;
