import { z } from 'zod';
import { nextPage } from './page.ts';
import { Id } from './words.ts';

/** A message that can never work where it was, kept to be looked at and sent again. */
export const DeadLetter = z
  .strictObject({
    sequence: z
      .int()
      .min(1)
      .meta({ description: 'Its number among the dead letters of the flow; the newest is the highest.' }),
    component: Id.meta({ description: 'Where it could not be used.' }),
    port: z.string().optional().meta({ description: 'The input port it came in by; none where it is raw input.' }),
    reason: z.string().meta({ description: 'Why, as a sentence.' }),
    failed_at: z.iso.datetime(),
    message_id: z.string().optional(),
    message_time: z.iso.datetime().optional().meta({ description: 'When the message came in.' }),
    payload: z.unknown().meta({
      description:
        'The payload as it was; raw bytes as base64 in `{ "base64": … }`; as text where it was cut, or is nested too deep to be shown.',
    }),
    can_resend: z.boolean().meta({ description: 'Raw input that never became a message cannot be sent again.' }),
  })
  .meta({ id: 'DeadLetter' });
export type DeadLetter = z.infer<typeof DeadLetter>;

/** A page of dead letters, newest first where nobody says. */
export const DeadLetterPage = z
  .strictObject({
    total: z.int().meta({ description: 'How many the flow has, whatever was searched for.' }),
    items: z.array(DeadLetter),
    next: nextPage.describe(
      'Send it as `after`, with the same `sort`, for what follows; absent where nothing does. A search may stop with less than was asked for, and tell where.',
    ),
  })
  .meta({ id: 'DeadLetterPage' });
export type DeadLetterPage = z.infer<typeof DeadLetterPage>;

/** Which dead letters are meant: those named, or all that can be. */
export const DeadLetterChoice = z
  .strictObject({ sequences: z.array(z.int().min(1)).min(1).max(1000).optional() })
  .meta({ id: 'DeadLetterChoice' });
export type DeadLetterChoice = z.infer<typeof DeadLetterChoice>;

/** What became of dead letters that were sent again: those that could be handed over are dead letters no more. */
export const Resent = z
  .strictObject({
    resent: z.int(),
    failed: z.array(z.strictObject({ sequence: z.int(), sentence: z.string() })),
    left: z.int().meta({
      description:
        'Of those that were meant, how many were not tried, because the call would have taken too long: call again.',
    }),
  })
  .meta({ id: 'Resent' });
export type Resent = z.infer<typeof Resent>;

/** How many dead letters were thrown away. */
export const Discarded = z.strictObject({ discarded: z.int() }).meta({ id: 'Discarded' });
export type Discarded = z.infer<typeof Discarded>;
