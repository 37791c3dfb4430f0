import { expect, it } from 'vitest';
import { Message } from '../../engine/message.ts';
import type { Look } from '../../engine/run-flow.ts';
import { watchAll } from './recent-messages.ts';

const batch = (count: number, size = 10) =>
  Array.from({ length: count }, (_, n) => new Message({ n }, 0, 'a', n, {}, undefined, size));
const connection = (index: number, fromPort = 'out') => ({ index, from: 0, fromPort });
const watchedAt = (...connections: readonly ReturnType<typeof connection>[]) => {
  const looks = new Map<number, Look>();
  const recent = watchAll({ watch: (index, look) => (looks.set(index, look), () => undefined) }, connections, []);
  return { recent, looks };
};
const watched = () => {
  const { recent, looks } = watchedAt(connection(0));
  return { recent: recent[0]!, look: looks.get(0)! };
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

it('looks once at what leaves one port by several connections, and keeps a message once that passes several ports', () => {
  const { recent, looks } = watchedAt(connection(0), connection(1), connection(2, 'else'));
  expect([...looks.keys()]).toEqual([0, 2]);
  expect(recent[1]).toBe(recent[0]);
  const passed = batch(3);
  for (const look of looks.values()) look(passed);
  expect(recent[0]!.messages()[2]).toBe(recent[2]!.messages()[2]);
  expect(recent.map((each) => each.seen().lookedAt)).toEqual([3, 3, 3]);
});

it('looks at one more each time where there are many ports', () => {
  const { recent, looks } = watchedAt(...Array.from({ length: 300 }, (_, n) => connection(n, `out-${n}`)));
  looks.get(0)!(batch(20));
  recent[0]!.lookAgain();
  looks.get(0)!(batch(20));
  expect(recent[0]!.seen().lookedAt).toBe(21);
});
