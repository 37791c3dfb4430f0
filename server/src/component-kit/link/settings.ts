import { z } from 'zod';
import { longestWait } from '../network/settings.ts';

/** An address to dial; empty is none. */
export const dialUrl = z
  .string()
  .max(2000)
  .check(({ value, issues }) => {
    if (value === '' || (/^wss?:\/\/[^#]*$/.test(value) && URL.canParse(value))) return;
    const message = value.includes('#')
      ? 'an address has no "#" here'
      : 'write an address such as "ws://location-a:9000"';
    issues.push({ code: 'custom', message, input: value });
  });

/** A name under which a far side keeps a place; empty is one that is made. */
export const receiverName = z
  .string()
  .max(200)
  .regex(/^[^\p{C}]*$/u, 'a name has no control characters');

/** Settings of whoever dials. */
export const dialSettings = {
  longest_wait: longestWait,
  headers: z
    .record(z.string().regex(/^[\w-]{1,100}$/, 'a header has a name such as "X-Site"'), z.string().max(4000))
    .default({})
    .meta({
      title: 'Headers',
      description: 'Sent when the line is made, beside the token. A value may have secrets in it: "Bearer ${NAME}".',
      secrets: 'inside',
      advanced: true,
    }),
};
