import { z } from 'zod';

const separator = z
  .string()
  .min(1)
  .max(10)
  .regex(/^[^"\\]*$/, 'a separator holds neither a quote nor a backslash');

/** What stands between pairs, and in them. */
export const pairSettings = {
  pair_separator: separator.default(' ').meta({
    title: 'Between pairs',
    description: 'A space is any number of spaces and tabs. With a line end all lines are one record.',
    examples: ['; '],
    advanced: true,
  }),
  key_separator: separator.default('=').meta({
    title: 'Between name and value',
    description: 'What stands between a name and its value.',
    examples: [':'],
    advanced: true,
  }),
} as const;
