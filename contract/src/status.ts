import { z } from 'zod';
import { Delivery } from './flow.ts';
import { Id, TypeId } from './words.ts';

export const Desired = z.enum(['running', 'stopped']).meta({ id: 'Desired' });
export type Desired = z.infer<typeof Desired>;

export const Observed = z
  .enum(['stopped', 'starting', 'running', 'degraded', 'failed', 'stopping'])
  .meta({ id: 'Observed' });
export type Observed = z.infer<typeof Observed>;

/** Which version of a flow should run, and whether. Written by deploy, start and stop; read by the supervisor. */
export const Deployment = z
  .strictObject({ flow: Id, version: z.int().min(1), desired: Desired, changed_at: z.iso.datetime() })
  .meta({ id: 'Deployment' });
export type Deployment = z.infer<typeof Deployment>;

export const ComponentState = z
  .enum(['stopped', 'starting', 'running', 'waiting', 'failed'])
  .meta({ id: 'ComponentState' });
export type ComponentState = z.infer<typeof ComponentState>;

export const ComponentStatus = z
  .strictObject({
    id: Id,
    type: TypeId,
    state: ComponentState,
    sentence: z.string(),
    in_per_second: z.number(),
    out_per_second: z.number(),
    in_total: z.number(),
    out_total: z.number(),
    dropped_total: z.number(),
    dropped: z
      .record(z.string(), z.number())
      .meta({ description: 'Given up on, by reason; reasons with zero are left out.' }),
    errors_total: z.number(),
    dropped_per_minute: z.number().meta({ description: 'Given up on in the last minute.' }),
    errors_per_minute: z.number().meta({ description: 'Errors in the last minute.' }),
    lost_ratio: z.number().meta({
      description:
        'Part of its messages of the last minute that failed or were dropped for a reason that nobody chose, from 0 to 1; of the last five minutes where they were fewer than ten.',
    }),
    waiting: z.number(),
    trouble: z
      .string()
      .optional()
      .meta({ description: 'What about it needs a person although it runs, such as that half of its messages fail.' }),
    since: z.iso.datetime().optional(),
    facts: z
      .record(z.string(), z.unknown())
      .meta({ description: 'What this type has to tell, such as connected receivers.' }),
  })
  .meta({ id: 'ComponentStatus' });
export type ComponentStatus = z.infer<typeof ComponentStatus>;

export const ConnectionStatus = z
  .strictObject({
    from: z.string(),
    to: z.string(),
    delivery: Delivery,
    per_second: z.number(),
    total: z.number(),
    waiting: z.number().meta({ description: 'Messages that are kept and not yet delivered.' }),
    waiting_bytes: z.number(),
    dropped_total: z
      .number()
      .meta({ description: 'Messages that its buffer gave up: it was full, or they were too old.' }),
    oldest_waiting: z
      .string()
      .optional()
      .meta({ description: 'Age of the oldest message that waits, such as "2m5s".' }),
  })
  .meta({ id: 'ConnectionStatus' });
export type ConnectionStatus = z.infer<typeof ConnectionStatus>;

/** Kinds of notices: those that need somebody first, then where nothing comes in or out although it runs well. */
export const NoticeKind = z.enum([
  'failed',
  'silent',
  'loses',
  'waits',
  'unclaimed',
  'nearly_full',
  'passes_nothing',
  'nothing_comes',
]);

/** Something that a person should know of a component as it runs, or should. */
export const Notice = z
  .strictObject({
    kind: NoticeKind.meta({
      description:
        'What it is about. `passes_nothing` (it lets none of its messages through) and `nothing_comes` (an input that nothing has come to yet) are no state of the flow: it may be as it is meant.',
    }),
    component: Id,
    name: z.string().meta({ description: 'What people call the component.' }),
    sentence: z.string().meta({ description: 'Without the name of the component.' }),
    since: z.iso.datetime().meta({ description: 'Since when it is so.' }),
  })
  .meta({ id: 'Notice' });
export type Notice = z.infer<typeof Notice>;

/** What a flow does at this moment, with one sentence for a person. `version` is the one that runs, 0 when it was never deployed. */
export const FlowStatus = z
  .strictObject({
    flow: Id,
    desired: Desired,
    observed: Observed,
    version: z.int(),
    since: z.iso
      .datetime()
      .optional()
      .meta({ description: 'Since when it is so; absent for a flow that was never deployed.' }),
    sentence: z.string(),
    notices: z.array(Notice).meta({
      description:
        'What a person should know of its components, the most telling first; fifty at most, three in lists.',
    }),
    dead_letters: z.number().meta({ description: 'Messages that can never work and are kept to be looked at.' }),
    components: z.array(ComponentStatus),
    connections: z.array(ConnectionStatus),
  })
  .meta({ id: 'FlowStatus' });
export type FlowStatus = z.infer<typeof FlowStatus>;

/** A flow's status for lists: without what is inside, with the sums that a row shows. */
export const FlowOverview = FlowStatus.omit({ components: true, connections: true })
  .extend({
    in_per_second: z.number(),
    out_per_second: z.number(),
    waiting: z.number(),
    dropped_total: z.number(),
    errors_total: z.number(),
    dropped_per_minute: z.number(),
    errors_per_minute: z.number(),
  })
  .meta({ id: 'FlowOverview' });
export type FlowOverview = z.infer<typeof FlowOverview>;
