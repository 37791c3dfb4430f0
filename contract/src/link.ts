import { z } from 'zod';
import { ComponentState } from './status.ts';
import { Id, TypeId } from './words.ts';

/** Under this name a component tells in its facts who is at the other end of its links; none but links have it. */
export const farSides = 'far_sides';

/** Who is at the other end of a link, as this side knows it. */
export const FarSide = z
  .strictObject({
    name: z.string().meta({ description: 'Its name; of one that has none, where it is.' }),
    speaks: z.enum(['link', 'plain']).meta({
      description: 'The protocol of links, and so it has a place of its own; or plain WebSocket frames.',
    }),
    product: z.string().optional().meta({ description: 'What runs there, with its version, as long as it is there.' }),
    is_there: z.boolean(),
    since: z.iso.datetime().optional().meta({ description: 'Since when it is there, or away.' }),
    sentence: z.string().meta({ description: 'How it does, such as "3 h 12 min behind, back in about 4 min".' }),
    waiting: z
      .number()
      .nonnegative()
      .optional()
      .meta({ description: 'Messages that the receiver of this link has not got yet.' }),
    waiting_bytes: z.number().nonnegative().optional(),
    behind_s: z.number().nonnegative().optional().meta({ description: 'Age of the oldest of them, in seconds.' }),
    back_in_s: z
      .number()
      .nonnegative()
      .optional()
      .meta({ description: 'Seconds until none waits, at the present pace.' }),
    delay_ms: z.number().nonnegative().optional().meta({
      description: 'How long it took until the last block that was sent was known to be safe over there.',
    }),
    missed: z
      .number()
      .nonnegative()
      .optional()
      .meta({ description: 'Messages that it never got: given up before it came for them.' }),
    forgotten_in_s: z
      .number()
      .nonnegative()
      .optional()
      .meta({ description: 'Seconds until its place is given up, while it is away.' }),
  })
  .meta({ id: 'FarSide' });
export type FarSide = z.infer<typeof FarSide>;

/** A component that links this location with others. */
export const Link = z
  .strictObject({
    flow: Id,
    component: Id,
    type: TypeId,
    direction: z.enum(['to', 'from']).meta({ description: 'Whether messages go to the far sides, or come from them.' }),
    state: ComponentState,
    sentence: z.string(),
    far_sides: z.array(FarSide),
  })
  .meta({ id: 'Link' });
export type Link = z.infer<typeof Link>;
