import type { OutgoingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { sentenceOf } from '../../engine/fault.ts';
import { durationAboveZero } from '../fields/fields.ts';
import { authSettings, dialTlsSettings } from '../network/settings.ts';
import { compileUrl } from './url-template.ts';

/** An address of a web service; with `template` fields of messages may stand in it, in braces. */
export const httpUrl = ({ template }: { readonly template: boolean }) =>
  z
    .string()
    .max(4000)
    .check(({ value, issues }) => {
      try {
        compileUrl(value);
        if (!template && value.replaceAll(/\$\{[^{}]*\}/g, '').includes('{'))
          throw new Error('there is no message whose fields could stand in this address');
      } catch (thrown) {
        issues.push({ code: 'custom', message: sentenceOf(thrown), input: value });
      }
    });

/** Settings of whoever asks a web service. */
export const askSettings = {
  token: authSettings.token.meta({
    title: 'Token',
    description: 'Shown as "Authorization: Bearer …".',
    secret: true,
    advanced: false,
  }),
  username: authSettings.username,
  password: authSettings.password,
  headers: z
    .record(z.string().regex(/^[\w-]{1,100}$/, 'a header has a name such as "X-Site"'), z.string().max(4000))
    .default({})
    .meta({
      title: 'Headers',
      description: 'Sent with each request. A value may have secrets in it: "Key ${NAME}".',
      secrets: 'inside',
      advanced: true,
    }),
  timeout: durationAboveZero.prefault('30s').meta({
    title: 'Longest wait',
    description: 'How long the server may take, from the connection to the end of its answer.',
    advanced: true,
  }),
  ...dialTlsSettings('dials'),
};

interface Auth {
  readonly token: string;
  readonly username: string;
  readonly password: string;
}

/** What does not go together among them. */
export const checkAskSettings = ({
  value: { token, username, password },
  issues,
}: {
  readonly value: Auth;
  readonly issues: z.core.$ZodRawIssue[];
}): void => {
  if (token !== '' && username !== '')
    issues.push({
      code: 'custom',
      path: ['username'],
      message: 'a token or a user is shown, and not both: leave one of them out',
      input: username,
    });
  if (username === '' && password !== '')
    issues.push({ code: 'custom', path: ['username'], message: 'name the user of the password', input: username });
};

/** The headers that are sent with each request. */
export const askHeaders = ({
  headers,
  token,
  username,
  password,
}: Auth & { readonly headers: Readonly<Record<string, string>> }): OutgoingHttpHeaders => ({
  ...headers,
  ...(token !== '' && { authorization: `Bearer ${token}` }),
  ...(username !== '' && {
    authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
  }),
});
