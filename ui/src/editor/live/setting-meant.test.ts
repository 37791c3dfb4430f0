import { expect, it } from 'vitest';
import { settingMeant } from './setting-meant.ts';

const schema = {
  properties: {
    host: { type: 'string', default: '0.0.0.0' },
    port: { type: 'integer', default: 5000 },
    path: { type: 'string' },
    url: { type: 'string' },
    remember: { type: 'boolean', default: true },
  },
};

it.each([
  [{}, 'port 5000 is used by the flow “first”', 'port'],
  [{ port: 9001 }, 'port 9001 is used by another program', 'port'],
  [{ port: 900 }, 'port 9001 is used by another program', undefined],
  [{ host: '10.0.0.9' }, 'this machine has no address 10.0.0.9', 'host'],
  [{ path: 'night/report.csv' }, 'there is no file "night/report.csv"', 'path'],
  [{ path: 'night' }, 'there is no file "nights/report.csv"', undefined],
  [{ url: 'mqtt://user@broker:1883/x' }, 'broker:1883: nothing listens there', 'url'],
  [{}, 'It was read to the end before: set "remember" to false to read it at each start', 'remember'],
  [{}, 'the disk is full', undefined],
] as const)('of %j, “%s” means %s', (config, sentence, meant) =>
  expect(settingMeant(schema, config, sentence)).toBe(meant),
);
