import { z } from 'zod';
import { durationAboveZero } from '../fields/fields.ts';
import { authSettings, dialTlsSettings, longestWait } from '../network/settings.ts';
import { placesOf } from './place.ts';
import { filterProblem, nameProblem } from './subject.ts';

const checked = (longest: number, problem: (value: string) => string | undefined) =>
  z
    .string()
    .max(longest)
    .check(({ value, issues }) => {
      const message = problem(value);
      if (message !== undefined) issues.push({ code: 'custom', message, input: value });
    });

const urlProblem = (value: string): string | undefined => {
  try {
    const ofKinds = new Set(placesOf(value).map(({ isSecure }) => isSecure));
    return ofKinds.size > 1 ? 'write "tls://" for all of them, or "nats://" for all' : undefined;
  } catch (thrown) {
    return (thrown as Error).message;
  }
};

export const subjectFilter = checked(1000, filterProblem);
/** Name of a stream, a consumer or a queue group; empty for none. */
export const natsName = checked(200, nameProblem).default('');

/** Settings of all that speak with a NATS that is not the one of this product. */
export const natsSettings = {
  url: checked(2000, urlProblem).meta({
    title: 'Server',
    description:
      'Address of the server, or of several of a cluster with commas between: nats://, or tls:// for TLS alone.',
    examples: ['nats://127.0.0.1:4222'],
  }),
  ...authSettings,
  domain: natsName.meta({
    title: 'Domain',
    description: 'Domain of JetStream, such as that of a hub behind a leaf node; empty for the one of the server.',
    advanced: true,
  }),
  inbox_prefix: checked(200, (value) =>
    /[*>\s]/.test(value) ? 'write a subject without wildcards' : filterProblem(value),
  )
    .default('_INBOX')
    .meta({
      title: 'Beginning of inboxes',
      description:
        'What the subjects begin with to which the server answers, where a login may subscribe to its own alone.',
      advanced: true,
    }),
  keep_alive: durationAboveZero.prefault('30s').meta({
    title: 'Keep alive',
    description: 'A server that is silent for so long is asked, and given up where it does not answer.',
    advanced: true,
  }),
  timeout: durationAboveZero.prefault('30s').meta({
    title: 'Longest answer',
    description: 'A server that leaves a question open for so long is given up, and connected to again.',
    advanced: true,
  }),
  ...dialTlsSettings('dials'),
  longest_wait: longestWait,
};

export interface NatsSettings {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly token: string;
  readonly credentials_file: string;
  readonly domain: string;
  readonly inbox_prefix: string;
  readonly keep_alive: number;
  readonly timeout: number;
  readonly ca_file: string;
  readonly cert_file: string;
  readonly key_file: string;
  readonly server_name: string;
  readonly longest_wait: number;
}

/** What does not go together in the settings of a line to NATS. */
export const checkNats = ({
  value,
  issues,
}: {
  readonly value: NatsSettings;
  readonly issues: z.core.$ZodRawIssue[];
}): void => {
  const ways = (['credentials_file', 'token', 'username'] as const).filter((name) => value[name] !== '');
  const problem = (name: keyof NatsSettings, message: string): void =>
    void issues.push({ code: 'custom', path: [name], message, input: value[name] });
  if (ways.length > 1)
    problem(ways[1]!, `there is "${ways[0]}" as well: one logs in by one of them, so leave one empty`);
  if (value.password !== '' && value.username === '' && !value.url.includes('@'))
    problem('username', 'a password is that of a user: name the user, or write a token into "token"');
  if ((value.cert_file === '') !== (value.key_file === ''))
    problem(
      value.cert_file === '' ? 'cert_file' : 'key_file',
      'a certificate and its key belong together: give both, or neither',
    );
};
