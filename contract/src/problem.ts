import { z } from 'zod';
import { Finding } from './finding.ts';

/** Problem details of RFC 9457, with findings where there are some. */
export const Problem = z
  .strictObject({
    type: z
      .string()
      .meta({ description: 'What kind of problem, as a URI; "about:blank" where the status says it all.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional().meta({ description: 'What is wrong, and what to do next.' }),
    instance: z.string().optional(),
    findings: z.array(Finding).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
