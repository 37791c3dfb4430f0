import { expect, it } from 'vitest';
import { Message } from '../../engine/message.ts';
import { sampler } from './sampler.ts';

const message = (payload: unknown, headers = {}) => new Message(payload, 0, 'test', 1, headers);

it('shows the first messages of each time, counts all, and begins anew', () => {
  const { look, take } = sampler(2, []);
  look([message({ n: 1 })]);
  look([message({ n: 2 }), message({ n: 3 })]);
  const first = take();
  expect([first.seen, first.messages.map(({ payload }) => payload)]).toEqual([3, ['{"n":1}', '{"n":2}']]);
  expect(take()).toEqual({ seen: 0, messages: [] });
  look([message({ n: 4 })]);
  expect(take()).toEqual({
    seen: 1,
    messages: [{ id: 'test-1', time: '1970-01-01T00:00:00.000Z', headers: {}, payload: '{"n":4}', is_cut: false }],
  });
});

it.each([
  ['raw bytes as base64', new Uint8Array([1, 2]), '{"base64":"AQI="}', false],
  [
    'a secret as dots, also where JSON escapes it',
    { key: 'say "open"', deep: ['xsay "open"x'] },
    '{"key":"•••","deep":["x•••x"]}',
    false,
  ],
  ['long text cut', 'x'.repeat(5000), `"${'x'.repeat(4095)}`, true],
])('shows %s', (_, payload, shown, isCut) => {
  const { look, take } = sampler(1, ['say "open"', 'x']);
  look([message(payload, { token: 'say "open"' })]);
  const [only] = take().messages;
  expect(only).toMatchObject({ payload: shown, is_cut: isCut });
});

it('masks secrets in headers, whole ones before parts of them', () => {
  const { look, take } = sampler(1, ['hunter22', 'hunter22-"x"']);
  look([message(1, { authorization: 'Bearer hunter22-"x"', other: 'hunter22' })]);
  expect(take().messages[0]!.headers).toEqual({ authorization: 'Bearer •••', other: '•••' });
});

it('does not show bytes that hold a secret', () => {
  const { look, take } = sampler(1, ['hunter22']);
  look([message(new TextEncoder().encode('key=hunter22'))]);
  expect(take().messages[0]!.payload).toBe('"•••"');
});

it('shows why a message that cannot be written is not shown, and holds nobody up', () => {
  const { look, take } = sampler(10, []);
  look([message(1n)]);
  expect(take().messages.map(({ payload }) => payload)).toEqual([
    expect.stringContaining('it cannot be written as JSON'),
  ]);
});
