import { z } from 'zod';
import { durationAboveZero } from '../fields/fields.ts';
import { authSettings, dialTlsSettings, longestWait } from '../network/settings.ts';
import { filterProblem, topicProblem } from './topic.ts';

/** What is wrong with the address of a broker, for people; undefined where nothing is. */
const urlProblem = (value: string): string | undefined => {
  if (!/^(mqtts?|wss?):\/\/[^/?#]/.test(value) || !URL.canParse(value) || new URL(value).hostname === '')
    return 'write an address such as "mqtt://broker:1883", or "mqtts://broker" for TLS';
  if (value.includes('#')) return 'an address has no "#" here';
  const { pathname, search } = new URL(value);
  const isPlain = value.startsWith('mqtt');
  return isPlain && (search !== '' || pathname.length > 1)
    ? 'leave out what stands behind the port: topics have a setting of their own, and only ws:// has a path'
    : undefined;
};

const brokerUrl = z
  .string()
  .max(2000)
  .check(({ value, issues }) => {
    const message = urlProblem(value);
    if (message !== undefined) issues.push({ code: 'custom', message, input: value });
  });

export const qualityOfService = z
  .enum(['0', '1', '2'])
  .default('1')
  .meta({
    title: 'Quality (QoS)',
    choices: { 0: '0: at most once', 1: '1: at least once', 2: '2: once' },
  });

const text = (problem: (value: string) => string | undefined) =>
  z
    .string()
    .max(65_535)
    .check(({ value, issues }) => {
      const message = problem(value);
      if (message !== undefined) issues.push({ code: 'custom', message, input: value });
    });
export const topicFilter = text(filterProblem);
export const plainTopic = text((value) => (value === '' ? undefined : topicProblem(value)));

/** Settings of all that speak with a broker. */
export const brokerSettings = {
  url: brokerUrl.meta({
    title: 'Broker',
    description: 'Address of the broker: mqtt://, mqtts:// for TLS, ws:// or wss:// for WebSocket.',
    examples: ['mqtt://127.0.0.1:1883'],
  }),
  username: authSettings.username,
  password: authSettings.password,
  client_id: z
    .string()
    .max(256)
    .regex(/^[^\p{C}+#]*$/u, 'a client id has no control characters, "+" or "#"')
    .default('')
    .meta({
      title: 'Client id',
      description:
        'What the broker knows this by; no other client may have it. Where it is empty, one is made of the flow, the component and this installation.',
      advanced: true,
    }),
  protocol: z
    .enum(['newest', '5', '3.1.1'])
    .default('newest')
    .meta({
      title: 'Version of MQTT',
      description: 'The newest is 5, or 3.1.1 where the broker refuses that.',
      choices: { newest: 'The newest that the broker speaks', 5: '5', '3.1.1': '3.1.1' },
      advanced: true,
    }),
  keep_alive: durationAboveZero
    .refine((ms) => ms <= 65_535_000, 'at most "18h"')
    .prefault('30s')
    .meta({
      title: 'Keep alive',
      description: 'A broker that is silent for so long is asked, and given up where it does not answer.',
      advanced: true,
    }),
  timeout: durationAboveZero.prefault('30s').meta({
    title: 'Longest answer',
    description: 'A broker that leaves a question open for so long is given up, and connected to again.',
    advanced: true,
  }),
  ...dialTlsSettings('dials'),
  longest_wait: longestWait,
};

export interface BrokerSettings {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly client_id: string;
  readonly protocol: 'newest' | '5' | '3.1.1';
  readonly keep_alive: number;
  readonly timeout: number;
  readonly ca_file: string;
  readonly cert_file: string;
  readonly key_file: string;
  readonly server_name: string;
  readonly longest_wait: number;
}

/** What does not go together in the settings of a line to a broker. */
export const checkBroker = ({
  value,
  issues,
}: {
  readonly value: BrokerSettings;
  readonly issues: z.core.$ZodRawIssue[];
}): void => {
  const problem = (name: keyof BrokerSettings, message: string): void =>
    void issues.push({ code: 'custom', path: [name], message, input: value[name] });
  if (value.protocol === '3.1.1' && value.password !== '' && value.username === '' && !value.url.includes('@'))
    problem('username', 'MQTT 3.1.1 knows no password without a user: name the user');
  if (/^(mqtts|wss):/.test(value.url)) return;
  const ofTls = (['ca_file', 'cert_file', 'key_file', 'server_name'] as const).find((name) => value[name] !== '');
  if (ofTls !== undefined)
    problem(ofTls, 'this is for TLS, and the address speaks none: write "mqtts://" or "wss://", or leave this empty');
};
