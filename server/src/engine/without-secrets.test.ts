import { describe, expect, it } from 'vitest';
import { hideForPeople, hideIn, hideInAddresses, hideSecrets } from './without-secrets.ts';

describe('an address in a sentence', () => {
  it.each([
    ['waiting for ws://location-a:9000', 'waiting for ws://location-a:9000'],
    [
      'Connected to ws://user:hunter2@127.0.0.1:9200/feed?key=topsecret77',
      'Connected to ws://•••@127.0.0.1:9200/feed?key=•••',
    ],
    ['ws://user:hunter2@host: nothing listens there', 'ws://•••@host: nothing listens there'],
    ['wss://token@host/a', 'wss://•••@host/a'],
    ['ws://a:p@ss@host/b@c', 'ws://•••@host/b@c'],
    ['“https://host/x?a=1&b=2&c”', '“https://host/x?a=•••&b=•••&c”'],
    ['mqtt://u:p@one and nats://u:p@two:4222', 'mqtt://•••@one and nats://•••@two:4222'],
    ['write to me@home.example', 'write to me@home.example'],
    ['ws://host/feed?T0PS3CR3T and ws://host/?', 'ws://host/feed?••• and ws://host/?'],
    ['ws://[::1]:9000/?token=', 'ws://[::1]:9000/?token=•••'],
  ])('%s', (text, shown) => expect(hideInAddresses(text)).toBe(shown));
});

describe('the secrets of a flow', () => {
  const secrets = ['s3cr"et value', 'abc', 'ws://user:hunter2@127.0.0.1:9200/hooks/T0PS?key=topsecret77'];
  const hide = hideForPeople(secrets);
  it.each([
    ['it said s3cr"et value', 'it said •••'],
    ['{"said":"s3cr\\"et value"}', '{"said":"•••"}'],
    ['asked for /a?b=s3cr%22et%20value', 'asked for /a?b=•••'],
    ['abc is too short to hide', 'abc is too short to hide'],
    [`waiting for ${secrets[2]!}`, 'waiting for ws://127.0.0.1:9200/•••'],
    ['GET 127.0.0.1:9200/hooks/T0PS failed', 'GET 127.0.0.1:9200/••• failed'],
    ['login hunter2 with topsecret77 failed', 'login ••• with ••• failed'],
  ])('%s', (text, shown) => expect(hide(text)).toBe(shown));

  it('are hidden alone in what is no sentence but data', () =>
    expect(hideSecrets(['hunter2'])('ws://user:hunter2@host/?key=5')).toBe('ws://user:•••@host/?key=5'));

  it('are hidden however deep they stand', () =>
    expect(hideIn({ a: ['hunter2', 1, { b: 'topsecret77' }], c: null }, hide)).toEqual({
      a: ['•••', 1, { b: '•••' }],
      c: null,
    }));
});
