import { z } from 'zod';
import { happeningKinds } from './happening-kinds.ts';
import { logLevels } from './log.ts';
import { pageOf } from './page.ts';
import { Id } from './words.ts';

const kinds = Object.keys(happeningKinds) as [keyof typeof happeningKinds, ...(keyof typeof happeningKinds)[]];
export const HappeningKind = z.enum(kinds).meta({ id: 'HappeningKind' });
export type HappeningKind = z.infer<typeof HappeningKind>;

/** Something that happened. What happens again within an hour is the same one, with its number. */
export const Happening = z
  .strictObject({
    sequence: z.int().meta({ description: 'Grows with every one, over restarts too.' }),
    time: z.iso.datetime().meta({ description: 'When it happened; of what happened several times, when last.' }),
    first_at: z.iso.datetime().meta({ description: 'When it happened first.' }),
    times: z.int().min(1).meta({ description: 'How often it happened since then.' }),
    kind: HappeningKind,
    level: z.enum(logLevels).meta({ description: 'How much it matters.' }),
    sentence: z.string(),
    flow: Id.optional(),
    component: Id.optional(),
    who: z.string().optional().meta({ description: 'Who did it, where it was done by somebody.' }),
    messages: z.int().optional().meta({ description: 'How many messages it was about.' }),
  })
  .meta({ id: 'Happening' });
export type Happening = z.infer<typeof Happening>;

export const HappeningPage = pageOf(Happening, 'HappeningPage');
export type HappeningPage = z.infer<typeof HappeningPage>;
