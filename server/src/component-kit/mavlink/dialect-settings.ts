import { z } from 'zod';
import { filePath } from '../fields/fields.ts';
import { dialectParts } from './dialect-names.generated.ts';
import type { Dialect } from './dialects.ts';

/** What stands for a dialect that somebody has defined. */
export const ownDialect = 'own';

/** Those that most people need come first. */
const usual: readonly Dialect[] = ['all', 'ardupilotmega', 'common', 'standard', 'minimal'];
const names = [...new Set([...usual, ...(Object.keys(dialectParts) as Dialect[])])];

const titles: Readonly<Record<string, string>> = {
  all: 'All that go together',
  ardupilotmega: 'ArduPilot',
  common: 'Common (PX4)',
  standard: 'Standard',
  minimal: 'Minimal',
  own: 'A file of your own',
};

/** Which messages of MAVLink are known: settings of all that speak it. */
export const dialectSettings = {
  dialect: z
    .enum([...names, ownDialect])
    .default('all')
    .meta({
      title: 'Dialect',
      description:
        'Messages that are known, each dialect with those it builds on. MatrixPilot and Paparazzi use numbers that others have too, so they are not in "all".',
      choices: Object.fromEntries([...names, ownDialect].map((name) => [name, titles[name] ?? name])),
      advanced: true,
    }),
  definition: filePath.default('').meta({
    title: 'Definition',
    description:
      'XML file that defines the dialect, with what it includes in the same folder; dialects of the product it may include without their files.',
    examples: ['my-dialect.xml'],
    showIf: { field: 'dialect', is: [ownDialect] },
    advanced: true,
  }),
} as const;

/** What these settings name. */
export interface DialectChoice {
  readonly dialect: Dialect | typeof ownDialect;
  readonly definition: string;
}
