import { z } from 'zod';

/** About this installation. */
export const System = z
  .strictObject({
    name: z.string().meta({ description: 'What this instance is called; the host name by default.' }),
    version: z.string(),
    commit: z.string().optional().meta({ description: 'What was built; absent where the build did not know.' }),
    uptime: z.string(),
    started_at: z.iso.datetime(),
    node_version: z.string(),
    nats: z.strictObject({
      state: z.enum(['connected', 'disconnected']),
      sentence: z.string().optional().meta({ description: 'What it waits for, while it is disconnected.' }),
      server_version: z.string().optional(),
      managed: z.boolean().meta({ description: 'Whether this server runs its own nats-server.' }),
    }),
    memory_bytes: z.number(),
    flows: z.strictObject({ running: z.int(), total: z.int() }),
    troubles: z.array(z.strictObject({ source: z.string(), sentence: z.string() })),
  })
  .meta({ id: 'SystemInfo' });
export type System = z.infer<typeof System>;

/** Answer of `GET /health`. */
export const Health = z
  .strictObject({
    status: z.enum(['healthy', 'degraded', 'unhealthy']),
    version: z.string(),
    commit: z.string().optional(),
    uptime: z.string(),
    components: z.record(z.string(), z.string()),
    sentences: z.array(z.string()).meta({ description: 'What is not as it should be, and what it waits for.' }),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;
