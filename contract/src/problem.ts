import { z } from 'zod';
import { Finding } from './finding.ts';
import { problemTypes } from './problem-kinds.ts';

/** Problem details of RFC 9457, with findings where there are some. */
export const Problem = z
  .strictObject({
    type: z.string().meta({
      description: 'What kind of problem: an address of this server, where it says what it means. More may come.',
      enum: problemTypes,
    }),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional().meta({ description: 'What is wrong, and what to do next.' }),
    instance: z.string().optional(),
    findings: z.array(Finding).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
