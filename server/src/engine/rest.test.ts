import { expect, it } from 'vitest';
import { afterRest } from './rest.ts';

const turn = async () => new Promise<void>((resolve) => setImmediate(resolve));

it('calls back all that asked in one turn together, when the loop has looked once more at what arrived', async () => {
  const order: string[] = [];
  const done = new Promise<void>((resolve) => {
    for (const name of ['first', 'second'])
      afterRest({
        wants: () => {
          order.push(`${name} rests`);
          return true;
        },
        then: () => {
          order.push(name);
          if (name === 'second') resolve();
        },
      });
  });
  await turn();
  order.push('what came meanwhile');
  await done;
  expect(order).toEqual(['first rests', 'second rests', 'what came meanwhile', 'first', 'second']);
});

it('takes whoever asks during a rest along with the next one', async () => {
  const order: string[] = [];
  await new Promise<void>((resolve) =>
    afterRest({
      wants: () => true,
      then: () => {
        order.push('first');
        afterRest({ wants: () => false, then: resolve });
      },
    }),
  );
  expect(order).toEqual(['first']);
});
