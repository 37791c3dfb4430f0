import { expect, it } from 'vitest';
import { Message } from '../../engine/message.ts';
import type { Look } from '../../engine/run-flow.ts';
import { watchAll } from './recent-messages.ts';

const batch = (count: number, size = 10) =>
  Array.from({ length: count }, (_, n) => new Message({ n }, 0, 'a', n, {}, undefined, size));
const watched = () => {
  let look: Look | undefined;
  const [recent] = watchAll({ watch: (_, given) => ((look = given), () => undefined) }, 1, []);
  return { recent: recent!, look: look! };
};

it('looks at the first messages, and at a few more each time', () => {
  const { recent, look } = watched();
  look(batch(15));
  look(batch(1000));
  expect([recent.seen().lookedAt, recent.messages().length]).toEqual([20, 20]);
  look(batch(1000));
  expect(recent.seen().lookedAt).toBe(20);
  recent.lookAgain();
  recent.lookAgain();
  look(batch(1000));
  expect(recent.seen().lookedAt).toBe(25);
  expect(
    recent
      .messages()
      .map(({ payload }) => payload)
      .slice(-2),
  ).toEqual(['{"n":3}', '{"n":4}']);
});

it('looks at large ones less often, and does not keep more than so much', () => {
  const { recent, look } = watched();
  look(batch(1000, 1024 * 1024));
  recent.lookAgain();
  look(batch(1000, 1024 * 1024));
  expect(recent.seen().lookedAt).toBe(1);
  const long = watched();
  const text = 'x'.repeat(4000);
  long.look(Array.from({ length: 20 }, (_, n) => new Message({ text }, 0, 'a', n)));
  expect(long.recent.messages().length).toBe(16);
});

it('a message that cannot be shown harms nobody', () => {
  const { recent, look } = watched();
  const hostile = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no');
      },
    },
  );
  look([new Message(hostile, 0, 'a', 1)]);
  look(batch(1));
  expect(recent.seen().fields.map(({ path }) => path)).toEqual(['n']);
});
