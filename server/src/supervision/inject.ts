import { z } from 'zod';
import { withMessages } from '../web/body-pipe.ts';

/** Messages for trying a flow out. */
export const Injection = withMessages(
  z
    .strictObject({
      port: z.string().optional().meta({ description: 'The first fitting port where it is left out.' }),
      payloads: z.array(z.unknown()).min(1).max(1000),
    })
    .meta({ id: 'Injection' }),
);
export type Injection = z.infer<typeof Injection>;

export const Injected = z.strictObject({ accepted: z.int() }).meta({ id: 'Injected' });
export type Injected = z.infer<typeof Injected>;
