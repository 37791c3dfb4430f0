import { z } from 'zod';
import { fieldPath } from '../../../component-kit/fields/fields.ts';

const calculations = {
  count: 'Count',
  sum: 'Sum',
  mean: 'Mean',
  min: 'Lowest',
  max: 'Highest',
  first: 'First',
  last: 'Last',
  percentile: 'Percentile',
  stddev_sample: 'Standard deviation (of a sample)',
  stddev_population: 'Standard deviation (of all)',
} as const;

/** What is reckoned over the messages of a window. */
export const ResultSettings = z
  .strictObject({
    calculate: z.enum(Object.keys(calculations) as [keyof typeof calculations]).meta({
      title: 'Calculate',
      description: 'Messages without the field are left out.',
      choices: calculations,
    }),
    field: fieldPath.optional().meta({
      title: 'Of',
      description: 'Field with the values. A count without a field is that of the messages.',
      examples: ['temperature'],
      widget: 'field',
    }),
    percent: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .meta({
        title: 'Percent',
        description: '50 is the median; between two values it is linear.',
        examples: [95],
        showIf: { field: 'calculate', is: ['percentile'] },
      }),
    name: fieldPath.optional().meta({
      title: 'Called',
      description: 'Field for the result. Left out, it is made of both, such as "temperature_mean".',
      examples: ['temperature_mean'],
      widget: 'text',
    }),
  })
  .check(({ value: { calculate, field, percent }, issues }) => {
    if (calculate !== 'count' && field === undefined)
      issues.push({ code: 'custom', path: ['field'], message: 'of which field? It needs one', input: field });
    if (calculate === 'percentile' && percent === undefined)
      issues.push({ code: 'custom', path: ['percent'], message: 'which percentile? 50 is the median', input: percent });
  });

/** The field of a result where it has no name of its own: `temperature_mean`, `count`, `speed_p95`. */
export const nameOf = ({ name, calculate, field, percent }: z.output<typeof ResultSettings>): string => {
  if (name !== undefined) return name;
  const what = calculate === 'percentile' ? `p${String(percent).replace('.', '_')}` : calculate;
  return field === undefined ? what : `${field}_${what}`;
};
