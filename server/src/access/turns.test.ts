import { expect, it } from 'vitest';
import { TooManyWaiting, Turns } from './turns.ts';

it('goes round by network: who asks often waits for itself, and takes no place from others', async () => {
  const turns = new Turns({ atOnce: 1, waiting: 8, waitingOfOne: 3 });
  const order: string[] = [];
  let open = (): void => undefined;
  const first = turns.do('a', async () => new Promise<void>((resolve) => (open = resolve)));
  const asked = ['a1', 'a2', 'a3', 'b1', 'c1'].map(async (name) =>
    turns.do(name[0]!, async () => void order.push(name)),
  );
  await expect(turns.do('a', async () => undefined)).rejects.toThrow(TooManyWaiting);
  open();
  await Promise.all([first, ...asked]);
  expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);
  await expect(turns.do('a', async () => 'done')).resolves.toBe('done');
});

it('what goes wrong hands its turn on, and in all no more wait than may', async () => {
  const turns = new Turns({ atOnce: 1, waiting: 2, waitingOfOne: 2 });
  const wrong = turns.do('a', async () => Promise.reject(new Error('broken')));
  const others = ['b', 'c'].map(async (network) => turns.do(network, async () => network));
  await expect(turns.do('d', async () => undefined)).rejects.toThrow(TooManyWaiting);
  await expect(wrong).rejects.toThrow('broken');
  expect(await Promise.all(others)).toEqual(['b', 'c']);
});
