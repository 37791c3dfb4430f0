import { z } from 'zod';
import { FlowDocument } from './flow.ts';

/** What applying a set does to one flow. */
export const AppliedFlow = z
  .strictObject({
    id: z.string(),
    action: z.enum(['create', 'change', 'none', 'remove']).meta({ description: 'What is done to its draft.' }),
    deploys: z.boolean().meta({ description: 'Whether it is deployed: its version is made the one that should run.' }),
    version: z.int().optional().meta({ description: 'The version that should run now.' }),
    sentence: z.string().meta({ description: 'The same in words, and what became of it.' }),
  })
  .meta({ id: 'AppliedFlow' });
export type AppliedFlow = z.infer<typeof AppliedFlow>;

/** What applying a set of flows does, or with `dry_run` would do. */
export const Applied = z
  .strictObject({
    dry_run: z.boolean(),
    changed: z.boolean().meta({ description: 'Whether anything is not as it was.' }),
    flows: z.array(AppliedFlow),
  })
  .meta({ id: 'Applied' });
export type Applied = z.infer<typeof Applied>;

/** How many flows one set may hold. */
export const mostApplied = 1000;

/** A set of flows as a request brings it: each with an id, or a name that one can be made from. */
export const FlowSet = z.strictObject({ flows: z.array(FlowDocument).min(1).max(mostApplied) }).meta({ id: 'FlowSet' });
export type FlowSet = z.infer<typeof FlowSet>;
