import { z } from 'zod';

/** Longest text of a payload or a header that a tap shows, in characters. */
export const longestTappedText = 4096;

/** A message as somebody sees it who looks at a connection. */
export const TappedMessage = z
  .strictObject({
    id: z.string(),
    time: z.iso.datetime().meta({ description: 'When it came in.' }),
    headers: z.record(z.string(), z.string()),
    payload: z
      .string()
      .meta({ description: 'As JSON, raw bytes as base64 in `{ "base64": … }`; what is longer than 4096 is cut.' }),
    is_cut: z.boolean(),
  })
  .meta({ id: 'TappedMessage' });
export type TappedMessage = z.infer<typeof TappedMessage>;

/** What a tap tells, four times a second at most: some of the messages, and how many there were since it told last. */
export const Tapped = z.strictObject({ seen: z.int(), messages: z.array(TappedMessage) }).meta({ id: 'Tapped' });
export type Tapped = z.infer<typeof Tapped>;

/** The last thing that a tap tells: why it has ended. */
export const TapEnd = z.strictObject({ sentence: z.string() }).meta({ id: 'TapEnd' });
export type TapEnd = z.infer<typeof TapEnd>;
