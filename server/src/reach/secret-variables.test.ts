import { expect, it } from 'vitest';
import { environmentOfFlows, isForFlows } from './secret-variables.ts';

it.each([
  ['FLOW_KEY', true],
  ['FEED_KEY', true],
  ['FEED_KEY_2', false],
  ['MY_FLOW_KEY', false],
  ['PATH', false],
  ['AWS_SECRET_ACCESS_KEY', false],
  ['SEMSTREAMS_NATS_PASSWORD', false],
  ['semstreams_listed', false],
])('%s is for flows: %s', (name, expected) =>
  expect(isForFlows(name, ['FEED_KEY', 'SEMSTREAMS_NATS_PASSWORD', 'semstreams_listed'])).toBe(expected),
);

it('what flows run in has what a process needs, and their secrets', () => {
  const given = {
    PATH: '/bin',
    TZ: 'UTC',
    NODE_OPTIONS: '',
    FLOW_KEY: 'a',
    FEED: 'b',
    DB_PASSWORD: 'c',
    http_proxy: 'd',
  };
  const server = { SEMSTREAMS_ADMIN_PASSWORD: 'e', SEMSTREAMS_TOKEN: 'f' };
  const { DB_PASSWORD: _, http_proxy: __, ...expected } = given;
  expect(environmentOfFlows({ ...given, ...server }, ['FEED'])).toEqual(expected);
});
