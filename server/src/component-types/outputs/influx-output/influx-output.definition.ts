import { z } from 'zod';
import { durationAboveZero, sizeAboveZero } from '../../../component-kit/fields/fields.ts';
import { pointSettings } from '../../../component-kit/formats/line-protocol/point-settings.ts';
import { askSettings, checkAskSettings, httpUrl } from '../../../component-kit/http/ask-settings.ts';
import { defineType, input } from '../../../engine/component.ts';

const name = z.string().max(500).default('');
const inVersion = (...is: readonly string[]) => ({ showIf: { field: 'version', is } });
const { headers: _, ...asked } = askSettings;

const influxOutputConfig = z
  .strictObject({
    url: httpUrl({ template: false }).meta({
      title: 'Address',
      description: 'Where InfluxDB is; the path of its API is added.',
      examples: ['http://influxdb.example:8086'],
    }),
    version: z
      .enum(['v2', 'v3', 'v1'])
      .default('v2')
      .meta({
        title: 'API',
        description: 'Which way to write the server has: that of version 2 is understood by 2 and 3.',
        choices: { v2: 'Version 2: organisation and bucket', v3: 'Version 3: database', v1: 'Version 1: database' },
      }),
    org: name.meta({
      title: 'Organisation',
      description: 'Name or id of the organisation.',
      examples: ['plant'],
      ...inVersion('v2'),
    }),
    bucket: name.meta({
      title: 'Bucket',
      description: 'Where points are kept.',
      examples: ['rooms'],
      ...inVersion('v2'),
    }),
    database: name.meta({
      title: 'Database',
      description: 'Where points are kept.',
      examples: ['rooms'],
      ...inVersion('v1', 'v3'),
    }),
    ...asked,
    token: askSettings.token.meta({ title: 'Token', description: 'Token that may write there.', secret: true }),
    ...pointSettings,
    batch: z.int().min(1).max(20_000).default(5000).meta({
      title: 'Points of a request',
      description: 'How many go together at most.',
      advanced: true,
    }),
    batch_size: sizeAboveZero.prefault('1MB').meta({
      title: 'Size of a request',
      description: 'How large the messages that go together are at most; a single one may be larger.',
      advanced: true,
    }),
    batch_wait: durationAboveZero.prefault('1s').meta({
      title: 'Wait for others',
      description: 'How long the first point of a request waits for others.',
      advanced: true,
    }),
    retention_policy: name.meta({
      title: 'Retention policy',
      description: 'Empty for the one that the database has.',
      advanced: true,
      ...inVersion('v1'),
    }),
    compression: z
      .enum(['gzip', 'none'])
      .default('gzip')
      .meta({
        title: 'Compression',
        description: 'How requests are packed.',
        choices: { none: 'None', gzip: 'Gzip' },
        advanced: true,
      }),
  })
  .check(checkAskSettings)
  .check(({ value, issues }) => {
    const needed = value.version === 'v2' ? (['org', 'bucket'] as const) : (['database'] as const);
    for (const key of needed)
      if (value[key] === '')
        issues.push({
          code: 'custom',
          path: [key],
          message: 'it has to be named, so that the server knows where points go',
          input: '',
        });
    if (value.version !== 'v1' && value.username !== '')
      issues.push({
        code: 'custom',
        path: ['username'],
        message: 'this version knows tokens alone: write one as "token"',
        input: value.username,
      });
  });
export type InfluxOutputConfig = z.output<typeof influxOutputConfig>;

export const influxOutputDefinition = defineType({
  type: 'influx_output',
  category: 'output',
  title: 'InfluxDB',
  summary: 'Writes messages as points of a time series, many together.',
  icon: 'chart-line',
  keywords: ['database', 'time series', 'line protocol', 'influx', 'telegraf', 'points', 'grafana', 'history'],
  ports: { in: input('json', { delivery: 'guaranteed' }) },
  config: influxOutputConfig,
  probes: 'Asks the server whether it is there; nothing is written.',
  trial: { config: ({ http }) => ({ url: http, org: 'o', bucket: 'b', measurement: 'm', fields: [], tags: [] }) },
  batches: ({ batch: messages, batch_size: bytes, batch_wait: waitMs }) => ({ messages, bytes, waitMs }),
  examples: [
    {
      title: 'The mean of each room, by the name of the room',
      config: {
        url: 'http://influxdb.example:8086',
        org: 'plant',
        bucket: 'rooms',
        token: '${INFLUX_TOKEN}',
        measurement: 'rooms',
        tags: ['room'],
        fields: ['temperature_mean', 'humidity_mean'],
      },
    },
    {
      title: 'A database of version 1, times in milliseconds',
      config: {
        url: 'http://influxdb.example:8086',
        version: 'v1',
        database: 'plant',
        measurement: '{machine}',
        tags: [],
        fields: [],
        time_unit: 'ms',
      },
    },
  ],
});
