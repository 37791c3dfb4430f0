import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { secretFindings } from './secret-findings.ts';

const folder = mkdtempSync(join(tmpdir(), 'semstreams-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'IN_FILE'), 'x');
const environment = { FLOW_KEY: 'a', LISTED: 'b', DB_PASSWORD: 'c', IN_FILE: 'd', SEMSTREAMS_NATS_PASSWORD: 'e' };
const placesOf = async (config: unknown, there = folder) =>
  (await secretFindings({ components: [{ config }] }, { environment, listed: ['LISTED'], folder: there })).map(
    ({ place }) => place,
  );

it.each([
  [{ token: '${FLOW_KEY}' }, []],
  [{ token: '${LISTED}' }, []],
  [{ token: '${IN_FILE}' }, []],
  [{ token: '${NOBODY_KNOWS}' }, []],
  [{ token: '${DB_PASSWORD}' }, ['components[0].config.token']],
  [{ url: 'https://a/?key=${DB_PASSWORD}' }, ['components[0].config.url']],
  [{ list: [{ a: '${SEMSTREAMS_NATS_PASSWORD}' }] }, ['components[0].config.list[0].a']],
  [{ text: 'costs ${DB_PASSWORD} in a text' }, []],
])('of %j these are refused: %j', async (config, expected) => expect(await placesOf(config)).toEqual(expected));

it('says what to do', async () => {
  const document = { components: [{ config: { token: '${DB_PASSWORD}' } }] };
  expect(await secretFindings(document, { environment, listed: [], folder: '' })).toMatchObject([
    {
      sentence: '"DB_PASSWORD" is a variable of the server that is not meant for flows',
      hint: 'name it "FLOW_DB_PASSWORD", list it in the setting "secrets.variables", or put it as the file "DB_PASSWORD" into the folder of "secrets_dir"',
    },
  ]);
});

it.each([undefined, null, {}, { components: {} }, { components: [null, 1, { config: null }] }])(
  'takes any document: %j',
  async (document) => expect(await secretFindings(document, { environment, listed: [], folder })).toEqual([]),
);
