import { z } from 'zod';
import { durationAboveZero, fieldPath, filePath, sizeAboveZero } from '../../../component-kit/fields/fields.ts';
import { authSettings, dialTlsSettings } from '../../../component-kit/network/settings.ts';
import { defineType, input } from '../../../engine/component.ts';
import { nameProblem } from './column-name.ts';
import { columnTypes } from './column-type.ts';
import { placeOf, placeProblem } from './place.ts';

const name = z
  .string()
  .max(200)
  .check(({ value, issues }) => {
    const message = nameProblem(value);
    if (message !== undefined) issues.push({ code: 'custom', message, input: value });
  });
const nameOrNone = z.union([z.literal(''), name]).default('');
const inPostgresql = { showIf: { field: 'database', is: ['postgresql'] } };
const inSqlite = { showIf: { field: 'database', is: ['sqlite'] } };

const column = z.strictObject({
  name: name.meta({ title: 'Column', description: 'Name of the column.', examples: ['temperature'] }),
  field: z
    .union([z.literal(''), fieldPath])
    .default('')
    .meta({
      title: 'Field',
      description:
        'What is written there: a field of the message, or one of its headers such as @header.topic. The field of the same name where it is empty.',
      examples: ['reading.temperature'],
      widget: 'field',
    }),
  type: z
    .enum(['auto', ...columnTypes])
    .default('auto')
    .meta({
      title: 'Type',
      description: 'What the column holds, for a table that is made here; without it the first messages tell.',
      choices: {
        auto: 'As the first messages',
        text: 'Text',
        number: 'Number with all its digits',
        double: 'Number as computers reckon',
        integer: 'Whole number',
        boolean: 'Yes or no',
        time: 'Time',
        json: 'JSON',
        bytes: 'Bytes, which messages hold as base64',
      },
    }),
});

const sqlOutputConfig = z
  .strictObject({
    database: z
      .enum(['postgresql', 'sqlite'])
      .default('postgresql')
      .meta({
        title: 'Database',
        description: 'Where rows go: to a server, or into a file on this device.',
        choices: { postgresql: 'PostgreSQL', sqlite: 'SQLite' },
      }),
    url: z
      .string()
      .max(2000)
      .default('')
      .meta({
        title: 'Address',
        description: 'Where the server is, and the name of the database.',
        examples: ['postgres://127.0.0.1:5432/plant'],
        ...inPostgresql,
      }),
    username: authSettings.username.meta({
      title: 'User',
      description: 'Who logs in at the server.',
      examples: ['semstreams'],
      advanced: false,
      ...inPostgresql,
    }),
    password: authSettings.password.meta({
      title: 'Password',
      description: 'Of that user.',
      secret: true,
      advanced: false,
      ...inPostgresql,
    }),
    path: filePath.default('').meta({
      title: 'File',
      description:
        'File of the database, below the data folder unless it begins with "/". It is made where there is none.',
      examples: ['measurements.db'],
      ...inSqlite,
    }),
    table: name.meta({ title: 'Table', description: 'Where each message becomes a row.', examples: ['readings'] }),
    columns: z.array(column).max(500).default([]).meta({
      title: 'Columns',
      description:
        'What is written, column by column. Without any: each field of the message into the column of its name. What a message does not have keeps what the table gives it.',
    }),
    key: z
      .array(name)
      .max(20)
      .default([])
      .meta({
        title: 'Key',
        description:
          'Columns that rows are told apart by. A message whose key is there already makes no second row, so that nothing is there twice, whatever is sent again. Without any each message makes a row.',
        examples: [['id']],
      }),
    on_conflict: z
      .enum(['update', 'keep'])
      .default('update')
      .meta({
        title: 'When the key is there',
        description: 'What becomes of the row that has the key already.',
        choices: { update: 'Write what the message has', keep: 'Leave it as it is' },
      }),
    create_table: z.boolean().default(false).meta({
      title: 'Make the table',
      description: 'Where there is none, with the columns of the settings or of the first messages.',
    }),
    add_columns: z.boolean().default(false).meta({
      title: 'Add columns',
      description: 'Where messages have fields for which there is none. Otherwise such messages become dead letters.',
    }),
    id_column: nameOrNone.meta({
      title: 'Column for the id',
      description:
        'Column that gets the id of the message, which stays the same when it is sent again: with it as key nothing is there twice. Empty for none.',
      examples: ['message_id'],
      advanced: true,
    }),
    time_column: nameOrNone.meta({
      title: 'Column for the time',
      description: 'Column that gets the time at which the message came in. Empty for none.',
      examples: ['received_at'],
      advanced: true,
    }),
    time_unit: z
      .enum(['ms', 's', 'us', 'ns'])
      .default('ms')
      .meta({
        title: 'Unit of times',
        description: 'In which times are that messages hold as numbers, where they go into a column for times.',
        choices: { ms: 'Milliseconds', s: 'Seconds', us: 'Microseconds', ns: 'Nanoseconds' },
        advanced: true,
      }),
    schema: nameOrNone.meta({
      title: 'Schema',
      description: 'Schema that the table is in; the one that the server takes by itself where it is empty.',
      examples: ['public'],
      advanced: true,
      ...inPostgresql,
    }),
    batch: z.int().min(1).max(10_000).default(1000).meta({
      title: 'Rows of a transaction',
      description: 'How many are written together at most: all of them are there, or none.',
      advanced: true,
    }),
    batch_size: sizeAboveZero.prefault('1MB').meta({
      title: 'Size of a transaction',
      description: 'How large the messages that are written together are at most; a single one may be larger.',
      advanced: true,
    }),
    batch_wait: durationAboveZero.prefault('500ms').meta({
      title: 'Wait for others',
      description: 'How long the first row of a transaction waits for others.',
      advanced: true,
    }),
    timeout: durationAboveZero.prefault('30s').meta({
      title: 'Longest wait',
      description: 'How long the server may take to be connected to, and for each statement.',
      advanced: true,
      ...inPostgresql,
    }),
    tls: z
      .boolean()
      .default(false)
      .meta({
        title: 'TLS',
        description: 'Whether it is spoken with the server, whose certificate is then looked at.',
        advanced: true,
        ...inPostgresql,
      }),
    ...dialTlsSettings('dials'),
  })
  .check(({ value, issues }) => {
    for (const [path, message] of problemsOf(value))
      issues.push({ code: 'custom', path: [...path], message, input: value });
  });
export type SqlOutputConfig = z.output<typeof sqlOutputConfig>;

/** What does not go together. */
function* problemsOf(
  config: Omit<SqlOutputConfig, 'batch' | 'batch_size' | 'batch_wait' | 'timeout'>,
): Generator<readonly [path: readonly (string | number)[], message: string]> {
  const { database, columns, key, id_column, time_column } = config;
  if (database === 'postgresql') {
    const problem = placeProblem(config.url);
    if (problem !== undefined) yield [['url'], problem];
    const isNamed = problem === undefined ? placeOf(config.url).username !== '' : config.url.includes('@');
    if (config.username === '' && !isNamed) yield [['username'], 'name the user that may write there'];
    const ofTls = (['ca_file', 'cert_file', 'key_file', 'server_name'] as const).find((each) => config[each] !== '');
    if (!config.tls && ofTls !== undefined) yield [[ofTls], 'this is for TLS: switch "tls" on, or leave this empty'];
  } else if (config.path === '') yield [['path'], 'name the file of the database'];
  const written = [...columns.map(({ name: each }) => each), id_column, time_column].filter((each) => each !== '');
  const twice = written.find((each, at) => written.indexOf(each) !== at);
  if (twice !== undefined) {
    const at = columns.findLastIndex(({ name: each }) => each === twice);
    yield [at < 0 ? ['time_column'] : ['columns', at, 'name'], `"${twice}" is written by something else already`];
  }
  const missing = columns.length === 0 ? -1 : key.findIndex((each) => !written.includes(each));
  if (missing >= 0) yield [['key', missing], `nothing writes the column "${key[missing]}": add it to "columns"`];
}

export const sqlOutputDefinition = defineType({
  type: 'sql_output',
  category: 'output',
  title: 'SQL',
  summary: 'Writes messages as rows of a table of PostgreSQL or SQLite, many together.',
  icon: 'database',
  keywords: ['postgresql', 'postgres', 'sqlite', 'timescale', 'table', 'insert', 'upsert', 'row', 'history'],
  ports: { in: input('json', { delivery: 'guaranteed' }) },
  config: sqlOutputConfig,
  probes: 'Opens the database and looks for the table; nothing is written.',
  trial: {
    config: ({ newFile }) => ({
      database: 'sqlite',
      path: newFile,
      table: 'readings',
      create_table: true,
      add_columns: true,
    }),
  },
  batches: ({ batch: messages, batch_size: bytes, batch_wait: waitMs }) => ({ messages, bytes, waitMs }),
  examples: [
    {
      title: 'Each reading once, into a table that is made',
      config: {
        url: 'postgres://db.example/plant',
        username: 'semstreams',
        password: '${DB_PASSWORD}',
        table: 'readings',
        key: ['id'],
        create_table: true,
      },
    },
    {
      title: 'The last state of each device, by TLS',
      config: {
        url: 'postgres://db.example/plant',
        username: 'semstreams',
        password: '${DB_PASSWORD}',
        tls: true,
        table: 'devices',
        columns: [
          { name: 'device', field: '@header.topic', type: 'text' },
          { name: 'state', field: 'state', type: 'text' },
          { name: 'details', field: 'details', type: 'json' },
        ],
        key: ['device'],
        time_column: 'updated_at',
        create_table: true,
      },
    },
    {
      title: 'Into a file on this device',
      config: { database: 'sqlite', path: 'measurements.db', table: 'readings', create_table: true, add_columns: true },
    },
  ],
});
