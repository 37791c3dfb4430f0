import { z } from 'zod';
import { durationAboveZero, filePath } from '../fields/fields.ts';

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
  longest_wait: durationAboveZero.prefault('10s').meta({
    title: 'Longest wait',
    description:
      'A line that breaks is made again after a quarter of a second, and then after growing waits up to this one.',
    advanced: true,
  }),
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

/** Files of TLS; what they are for differs between who dials and who listens. */
export const tlsSettings = (who: 'dials' | 'listens' | 'either') => ({
  ca_file: filePath.default('').meta({
    title: 'Authority',
    description: {
      dials: 'Whose certificates are trusted, as a PEM file; those that the system trusts where it is empty.',
      listens: 'Whose certificates clients have to show, as a PEM file; none where it is empty.',
      either:
        'Whose certificates are trusted, as a PEM file. Where it is empty, those that the system trusts; who listens asks for a certificate only where it is given.',
    }[who],
    advanced: true,
  }),
  cert_file: filePath.default('').meta({
    title: 'Certificate',
    description: 'What is shown to the far side, as a PEM file. Who listens speaks TLS where it is given.',
    advanced: true,
  }),
  key_file: filePath.default('').meta({
    title: 'Key of the certificate',
    description: 'As a PEM file.',
    advanced: true,
  }),
});
