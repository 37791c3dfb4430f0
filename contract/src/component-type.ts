import { z } from 'zod';
import { Delivery } from './flow.ts';
import { TypeId } from './words.ts';

export const Category = z.enum(['input', 'processor', 'output']).meta({ id: 'Category' });
export type Category = z.infer<typeof Category>;

/** What flows through a port: `json` is any JSON value, `any` takes whatever comes. */
export const PortKind = z.enum(['json', 'bytes', 'any']).meta({ id: 'PortKind' });
export type PortKind = z.infer<typeof PortKind>;

export const Port = z
  .strictObject({
    direction: z.enum(['input', 'output']),
    kind: PortKind,
    title: z.string().optional(),
    description: z.string().optional(),
    required: z.boolean().meta({ description: 'Whether a flow is wrong as long as nothing is connected here.' }),
    delivery: Delivery.optional().meta({
      description:
        'What connections into this port promise where they say nothing themselves; `live` where it is left out.',
    }),
  })
  .meta({ id: 'Port' });
export type Port = z.infer<typeof Port>;

export const Ports = z.record(z.string(), Port);
export type Ports = z.infer<typeof Ports>;

/** Output ports that the settings of a component name: one for each item of a list. */
export const OpenedPorts = z
  .strictObject({
    list: z.string().meta({ description: 'Setting that holds the list, such as "routes".' }),
    name: z.string().meta({ description: 'What names the port in each item, such as "name".' }),
    port: Port.extend({ direction: z.literal('output') }),
  })
  .meta({ id: 'OpenedPorts' });
export type OpenedPorts = z.infer<typeof OpenedPorts>;

/** A worked example: it stands on the reference page and runs as a test. */
export const Example = z
  .strictObject({
    title: z.string(),
    config: z.record(z.string(), z.unknown()),
    given: z.record(z.string(), z.array(z.unknown())).optional(),
    expect: z.record(z.string(), z.array(z.unknown())).optional(),
  })
  .meta({ id: 'Example' });
export type Example = z.infer<typeof Example>;

/** All that a person or a form needs to know of a component type. `config_schema` is JSON Schema, draft 2020-12. */
export const ComponentType = z
  .strictObject({
    type: TypeId,
    category: Category,
    title: z.string(),
    summary: z.string(),
    icon: z.string().meta({ description: 'Name of a lucide icon, such as "plane".' }),
    keywords: z.array(z.string()),
    ports: Ports,
    opens: OpenedPorts.optional(),
    config_schema: z.record(z.string(), z.unknown()),
    drops: z.record(z.string(), z.string()).meta({ description: 'Reasons for which it gives a message up.' }),
    probes: z
      .string()
      .optional()
      .meta({ description: 'What a test of the connection does; where it is missing there is none.' }),
    examples: z.array(Example),
  })
  .meta({ id: 'ComponentType' });
export type ComponentType = z.infer<typeof ComponentType>;

/** A component as it would be placed, to be tested before. */
export const ProbeRequest = z
  .strictObject({ config: z.record(z.string(), z.unknown()).default({}) })
  .meta({ id: 'ProbeRequest' });
export type ProbeRequest = z.infer<typeof ProbeRequest>;

/** Whether a component would find its far side, and what was found there, or what is wrong. */
export const ProbeAnswer = z.strictObject({ works: z.boolean(), sentence: z.string() }).meta({ id: 'ProbeAnswer' });
export type ProbeAnswer = z.infer<typeof ProbeAnswer>;
