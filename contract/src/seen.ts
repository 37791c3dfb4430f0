import { z } from 'zod';
import { TappedMessage } from './tap.ts';

/** What a value of JSON is called. */
export const ValueType = z.enum(['text', 'number', 'yes_no', 'empty', 'object', 'list', 'bytes']);
export type ValueType = z.infer<typeof ValueType>;

/** Of one connection, so many names of fields are kept, down to this depth. */
export const mostSeenFields = 200;
export const deepestSeenField = 6;

/** A field that came by, as the settings of components name it. */
export const SeenField = z
  .strictObject({
    path: z.string().meta({
      description:
        'As settings name it, such as `position.altitude`, `["pm2.5"]`, `@header.topic` or, of lists, `items[0].name`.',
    }),
    types: z.array(ValueType),
    count: z.int().meta({ description: 'In how many of the messages that were looked at.' }),
    values: z.array(z.string()).meta({ description: 'Three different ones at most, the newest first, long ones cut.' }),
  })
  .meta({ id: 'SeenField' });
export type SeenField = z.infer<typeof SeenField>;

/** What came by at a connection since the flow was started, as far as it was looked at. */
export const SeenConnection = z
  .strictObject({
    from: z.string(),
    to: z.string(),
    looked_at: z.int().meta({ description: 'So many messages were looked at: the first twenty, then five a second.' }),
    fields: z.array(SeenField),
    is_cut: z.boolean().meta({ description: 'Whether there are more names, or deeper ones, than these.' }),
  })
  .meta({ id: 'SeenConnection' });
export type SeenConnection = z.infer<typeof SeenConnection>;

export const SeenConnections = z.strictObject({ connections: z.array(SeenConnection) }).meta({ id: 'SeenConnections' });
export type SeenConnections = z.infer<typeof SeenConnections>;

/** The last messages of a connection that were looked at, oldest first. */
export const RecentMessages = z.strictObject({ messages: z.array(TappedMessage) }).meta({ id: 'RecentMessages' });
export type RecentMessages = z.infer<typeof RecentMessages>;
