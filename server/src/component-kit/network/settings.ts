import { z } from 'zod';
import { durationAboveZero, filePath } from '../fields/fields.ts';
import type { TlsFiles } from './tls-files.ts';

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
    description: {
      dials: 'What is shown to the far side where it asks for it, as a PEM file.',
      listens: 'What is shown to clients, as a PEM file; TLS is spoken where it is given.',
      either: 'What is shown to the far side, as a PEM file. Who listens speaks TLS where it is given.',
    }[who],
    advanced: true,
  }),
  key_file: filePath.default('').meta({
    title: 'Key of the certificate',
    description: 'As a PEM file.',
    advanced: true,
  }),
});

/** What tells whether who listens speaks TLS as before: what does not is not taken over from the run before. */
export const securedBy = ({ cert_file, key_file, ca_file }: TlsFiles): string =>
  cert_file === '' ? '' : JSON.stringify([cert_file, key_file, ca_file]);

/** The same for whoever dials, with the name that a certificate is for. */
export const dialTlsSettings = (who: 'dials' | 'either') => ({
  ...tlsSettings(who),
  server_name: z
    .string()
    .max(253)
    .regex(/^[\w.:-]*$/, 'a name such as "broker.example", or an address')
    .default('')
    .meta({
      title: 'Name in the certificate',
      description: 'What the certificate of the far side has to be for; the name in the address where it is empty.',
      examples: ['broker.example'],
      advanced: true,
    }),
});

/** How one says who one is; a type takes what its protocol has. */
export const authSettings = {
  username: z
    .string()
    .max(1000)
    .default('')
    .meta({ title: 'User', description: 'Who logs in; empty for nobody.', advanced: true }),
  password: z
    .string()
    .max(10_000)
    .default('')
    .meta({ title: 'Password', description: 'Of that user.', secret: true, advanced: true }),
  token: z
    .string()
    .max(10_000)
    .default('')
    .meta({ title: 'Token', description: 'Shown instead of a user and a password.', secret: true, advanced: true }),
  credentials_file: filePath.default('').meta({
    title: 'Credentials file',
    description: 'File that holds who logs in and the key to it, such as one with ".creds".',
    advanced: true,
  }),
};

/** The longest wait between two tries of whoever dials for ever. */
export const longestWait = durationAboveZero.prefault('10s').meta({
  title: 'Longest wait',
  description:
    'A line that breaks is made again after a quarter of a second, and then after growing waits up to this one.',
  advanced: true,
});
