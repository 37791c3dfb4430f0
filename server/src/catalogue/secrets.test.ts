import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { websocketInput } from '../component-types/inputs/websocket-input/websocket-input.component.ts';
import { limitTo } from '../reach/reach.ts';
import { markedSecrets, resolvedConfig, secretsIn, withSecrets } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'semstreams-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));
const feed = 'ws://user:hunter2@127.0.0.1:9200/feed?key=topsecret77';
writeFileSync(join(folder, 'FEED_URL'), `${feed}\n`);
writeFileSync(join(folder, 'FEED_KEY'), 'top secret/77');
writeFileSync(join(folder, 'NO_ADDRESS'), 'hunter2');
const given = { secretsDir: folder, component: 'in' };

describe('a secret in a config', () => {
  it.each([
    ['${FEED_URL}', feed],
    ['ws://host/?key=${FEED_KEY}', 'ws://host/?key=top%20secret%2F77'],
    ['ws://${FEED_KEY}:${FEED_KEY}@host', 'ws://top%20secret%2F77:top%20secret%2F77@host'],
    ['no ${FEED_KEY} in a text', 'no ${FEED_KEY} in a text'],
    ['ws://host/${lower}', 'ws://host/${lower}'],
  ])('%s', (text, expected) => expect(withSecrets({ a: [text] }, given)).toEqual({ a: [expected] }));

  it.each([
    ['Bearer ${FEED_KEY}', 'Bearer top secret/77'],
    ['${FEED_KEY} and ${FEED_KEY}', 'top secret/77 and top secret/77'],
    ['ws://host/?key=${FEED_KEY}', 'ws://host/?key=top secret/77'],
    ['${FEED_URL}', feed],
    ['${lower} $ {X}', '${lower} $ {X}'],
  ])('may stand inside of a text where the schema says so: %s', (text, expected) => {
    const marked = z.record(z.string(), z.string()).default({}).meta({ secrets: 'inside' });
    const schema = z.strictObject({ headers: marked, list: z.array(z.strictObject({ headers: marked })).optional() });
    const config = { headers: { Authorization: text }, list: [{ headers: { a: text } }] };
    const resolved = { headers: { Authorization: expected }, list: [{ headers: { a: expected } }] };
    expect(withSecrets(config, { ...given, schema })).toEqual(resolved);
    for (const value of secretsIn(config, { ...given, schema })) expect(expected).toContain(value);
    expect(secretsIn(config, { ...given, schema })).toHaveLength(
      text.includes('${FEED') ? text.split('${').length * 2 - 2 : 0,
    );
  });

  it.each(['SEMSTREAMS_ADMIN_PASSWORD', 'SEMSTREAMS_NATS_PASSWORD', 'SEMSTREAMS_OF_TOMORROW'])(
    'is never a variable of the server itself: %s',
    (name) => {
      vi.stubEnv(name, 'hunter2');
      writeFileSync(join(folder, name), 'hunter2');
      for (const text of [`\${${name}}`, `ws://host/?key=\${${name}}`])
        expect(() => withSecrets({ a: [text] }, given)).toThrow('is a setting of the server itself');
      vi.unstubAllEnvs();
    },
  );

  it('is known, so that it can be hidden', () => {
    expect(secretsIn({ url: '${FEED_URL}', more: ['ws://host/?key=${FEED_KEY}', 'plain'] }, given)).toEqual([
      feed,
      'top secret/77',
    ]);
    expect(markedSecrets(websocketInput.config, { url: 'ws://host', token: 'plain token' })).toEqual(['plain token']);
    expect(markedSecrets(websocketInput.config, { url: 'ws://host', token: '${FEED_KEY}' })).toEqual([]);
  });

  it('is checked when it is known, and is not shown where it is not right', () => {
    const config = { url: '${NO_ADDRESS}' };
    expect(() => resolvedConfig(websocketInput.config, config, given)).toThrow(
      'the setting "url" of "in", with the secret "NO_ADDRESS", is not right: write an address such as "ws://location-a:9000"',
    );
    const telling = z.strictObject({
      a: z.string().refine(() => false, { error: ({ input }) => `not ${String(input)}` }),
    });
    expect(() => resolvedConfig(telling, { a: '${NO_ADDRESS}' }, given)).toThrow(/is not right: not •••$/);
    expect(resolvedConfig(websocketInput.config, { url: '${FEED_URL}' }, given)).toMatchObject({
      url: feed,
      token: '',
    });
  });

  it('that is nowhere is named', () =>
    expect(() => withSecrets('${NOBODY_KNOWS}', given)).toThrow(
      `"in" needs the secret "NOBODY_KNOWS": set it as a variable that is listed in "secrets.variables" or in "${folder}"`,
    ));

  it('is a variable only where that is meant for flows', () => {
    for (const name of ['FLOW_KEY', 'LISTED', 'OTHER']) vi.stubEnv(name, `of ${name}`);
    limitTo({ network: ['*'], secretVariables: ['LISTED'] });
    expect(withSecrets(['${FLOW_KEY}', '${LISTED}'], given)).toEqual(['of FLOW_KEY', 'of LISTED']);
    for (const name of ['OTHER', 'PATH', 'HOME'])
      expect(() => withSecrets(`\${${name}}`, given)).toThrow(`needs the secret "${name}"`);
    limitTo({ network: ['*'] });
    vi.unstubAllEnvs();
  });
});
