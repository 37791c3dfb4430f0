import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { websocketInput } from '../../component-types/inputs/websocket-input/websocket-input.component.ts';
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
  ])('%s', (text, expected) => expect(withSecrets({ a: [text] }, folder, 'in')).toEqual({ a: [expected] }));

  it('is known, so that it can be hidden', () => {
    expect(secretsIn({ url: '${FEED_URL}', more: ['ws://host/?key=${FEED_KEY}', 'plain'] }, folder, 'in')).toEqual([
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
    expect(() => withSecrets('${NOBODY_KNOWS}', folder, 'in')).toThrow(
      `"in" needs the secret "NOBODY_KNOWS": set it in the environment or in "${folder}"`,
    ));
});
