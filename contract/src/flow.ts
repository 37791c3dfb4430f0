import { z } from 'zod';
import { durationPattern, sizePattern } from './duration.ts';
import { Id, TypeId } from './words.ts';

/** What a connection promises: `live` is fast and lives in memory, `guaranteed` is kept on disk until it is delivered. */
export const Delivery = z.enum(['live', 'guaranteed']).meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof Delivery>;

/** A component type placed in a flow. `config` is checked by the component type, not here. */
export const Component = z
  .strictObject({
    id: Id,
    type: TypeId,
    name: z.string().max(120).optional().meta({ description: 'What people see; the id where it is left out.' }),
    config: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Component' });
export type Component = z.infer<typeof Component>;

/** One end of a connection: `component.port`, or `component` alone where it has one port of that direction. */
export const Endpoint = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}(\.[a-z][a-z0-9_]{0,62})?$/, 'write "component" or "component.port"')
  .meta({ id: 'Endpoint' });

/** How much a guaranteed connection keeps until it is delivered, and what happens when that is reached. */
export const ConnectionBuffer = z
  .strictObject({
    max_bytes: z
      .string()
      .regex(sizePattern, 'write a size such as "64KB" or "256MB"')
      .optional()
      .meta({ title: 'Size', description: 'Disk that it may use at most; 64MB where it is left out.' }),
    max_age: z
      .string()
      .regex(durationPattern, 'write a duration such as "24h" or "30d"')
      .optional()
      .meta({ title: 'Age', description: 'How long a message may wait; 30 days where it is left out.' }),
    when_full: z.enum(['drop_oldest', 'block']).optional().meta({
      title: 'When it is full',
      description:
        '"drop_oldest" (the default) gives the oldest messages up and counts them; "block" takes nothing in until there is room.',
    }),
  })
  .meta({ id: 'ConnectionBuffer' });
export type ConnectionBuffer = z.infer<typeof ConnectionBuffer>;

export const Connection = z
  .strictObject({ from: Endpoint, to: Endpoint, delivery: Delivery.optional(), buffer: ConnectionBuffer.optional() })
  .meta({ id: 'Connection' });
export type Connection = z.infer<typeof Connection>;

export const Position = z.strictObject({ x: z.number(), y: z.number() });
export type Position = z.infer<typeof Position>;

const parts = {
  description: z.string().max(2000).optional(),
  lane: z
    .enum(['shared', 'own'])
    .optional()
    .meta({ description: '"own" gives the flow a process of its own; "shared" is the default.' }),
  components: z.array(Component).max(500),
  connections: z
    .array(Connection)
    .max(2000)
    .optional()
    .meta({ description: 'Where they are left out, the components are a chain in the order of listing.' }),
  layout: z.record(Id, Position).optional(),
};

/**
 * A name as it may be given: something to see, on one line. What is kept already may be otherwise, and stays readable. The
 * pattern stands in the document of the API, so it is written as all languages read it.
 */
export const GivenName = z
  .string()
  .max(120)
  .regex(
    /^[ \u00a0\u00ad\u1680\u2000-\u200f\u202f\u205f-\u2064\u3000\ufeff]*[^\u0000- \u007f-\u00a0\u00ad\u1680\u2000-\u200f\u2028\u2029\u202f\u205f-\u2064\u3000\ufeff][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/,
    'a name is one line with something to see, without control characters',
  );

/** Lines of text as they may be given. */
export const GivenText = z
  .string()
  .regex(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$/, 'a text has no control characters');

const GivenComponent = Component.extend({
  name: GivenName.optional().meta({ description: 'What people see; the id where it is left out.' }),
}).meta({ id: 'GivenComponent' });

/** A flow as people write it: `id` and `name` may be left out and are then made from the file's or the request's name. */
export const FlowDocument = z
  .strictObject({
    id: Id.optional(),
    name: GivenName.optional(),
    ...parts,
    description: GivenText.max(2000).optional(),
    components: z.array(GivenComponent).max(500),
  })
  .meta({ id: 'FlowDocument' });
export type FlowDocument = z.infer<typeof FlowDocument>;

/** A flow as it is kept: always with `id` and `name`. */
export const Flow = z.strictObject({ id: Id, name: z.string().min(1).max(120), ...parts }).meta({ id: 'Flow' });
export type Flow = z.infer<typeof Flow>;

/** A flow as it comes back from the server, with the revision that the next write must carry. */
export const StoredFlow = Flow.extend({ revision: z.int().min(1) }).meta({ id: 'StoredFlow' });
export type StoredFlow = z.infer<typeof StoredFlow>;

/** A row of the list of flows: everything but what is inside. */
export const FlowSummary = z
  .strictObject({
    id: z.string().meta({ description: 'As in its document; of a damaged one the key that it lies under.' }),
    name: z.string(),
    description: z.string().optional(),
    revision: z.int().meta({ description: 'Of the draft; 0 where there is none.' }),
    component_count: z.int(),
    updated_at: z.iso.datetime(),
    deployed_version: z.int().optional(),
    changed: z.boolean().meta({ description: 'Whether the draft differs from the deployed version in what runs.' }),
    damaged: z.string().optional().meta({ description: 'What of it is missing or cannot be read, and the way out.' }),
  })
  .meta({ id: 'FlowSummary' });
export type FlowSummary = z.infer<typeof FlowSummary>;

/** What was deployed, numbered from 1 per flow, and never changed again. */
export const Version = z
  .strictObject({
    version: z.int().min(1),
    deployed_at: z.iso.datetime(),
    note: z.string().max(500).optional(),
    flow: Flow,
  })
  .meta({ id: 'Version' });
export type Version = z.infer<typeof Version>;

export const VersionSummary = Version.omit({ flow: true }).meta({ id: 'VersionSummary' });
export type VersionSummary = z.infer<typeof VersionSummary>;
