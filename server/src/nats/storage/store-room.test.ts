import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RoomShare } from './room-share.ts';
import { StoreRoom } from './store-room.ts';

/** A store that takes its time, and those who write to it from elsewhere. */
const world = (bound: number, delays: readonly number[] = [0]) => {
  let used = 0;
  let most = 0;
  let turn = 0;
  let looks = 0;
  const pause = async () => {
    for (let left = delays[(turn += 1) % delays.length]!; left > 0; left -= 1) await new Promise(setImmediate);
  };
  const room = new StoreRoom(async () => {
    looks += 1;
    await pause();
    const seen = used;
    await pause();
    return { used: seen, bound };
  });
  const writer = (who: string) => {
    const share: RoomShare = new RoomShare((asked) => {
      void pause()
        .then(async () => room.ask(who, asked))
        .then((upTo) => asked.wants > 0 && share.answer({ upTo }));
    });
    return {
      share,
      write: async (bytes: number) => {
        if (!(await share.take(bytes))) return false;
        await pause();
        used += bytes;
        most = Math.max(most, used);
        await pause();
        share.done(bytes);
        return true;
      },
      swap: async (bytes: number) => {
        await share.swap(bytes);
        used -= bytes;
        await pause();
        used += bytes;
        most = Math.max(most, used);
        share.done(bytes);
      },
    };
  };
  return { room, writer, looks: () => looks, used: () => used, most: () => most };
};

it('all together never pass the bound, however fast they write and however late it is seen', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 9 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 3, maxLength: 6 }),
      async (delays, sizes) => {
        const { writer, most, used } = world(500, delays);
        await Promise.all(
          sizes.map(async (size, index) => {
            const one = writer(`${index}`);
            let mine = 0;
            for (let n = 0; n < 60; n += 1)
              if (await one.write(size)) mine += size;
              else if (mine >= size && n % 2 === 0) await one.swap(size);
          }),
        );
        expect(most()).toBeLessThanOrEqual(500);
        expect(used()).toBeGreaterThanOrEqual(Math.min(250, 60 * sizes.reduce((sum, size) => sum + size, 0)));
      },
    ),
    { numRuns: 60, seed: 3 },
  );
});

it('the store is looked at seldom while there is much room', async () => {
  const { writer, looks } = world(1_000_000);
  const one = writer('one');
  for (let n = 0; n < 5000; n += 1) expect(await one.write(100)).toBe(true);
  expect(looks()).toBeLessThan(10);
});

it('what one does not need any more, others get', async () => {
  const { room, writer } = world(1000);
  expect(await writer('idle').write(1)).toBe(true);
  expect(room.promised).toBeGreaterThan(0);
  for (let turn = 0; room.promised > 0 && turn < 300; turn += 1) await sleep(10);
  expect(room.promised).toBe(0);
});

it('one that is gone holds nothing', async () => {
  const { room, writer } = world(1000);
  expect(await writer('gone').write(900)).toBe(true);
  room.forget('gone');
  expect(room.promised).toBe(0);
  expect(room.wasRefused()).toBe(false);
  expect(await writer('other').write(101)).toBe(false);
  expect([room.wasRefused(), room.wasRefused()]).toEqual([true, false]);
  expect(await writer('other').write(100)).toBe(true);
});

it('where the store cannot be looked at, what was known to be free is shared; where it never could, nobody writes', async () => {
  let isAway = true;
  const room = new StoreRoom(async () => {
    if (isAway) throw new Error('NATS is away');
    return { used: 0, bound: 100 };
  });
  const asked = { written: 0, upTo: 0, wants: 60 };
  await expect(room.ask('one', asked)).rejects.toThrow('away');
  isAway = false;
  expect(await room.ask('one', asked)).toBe(60);
  isAway = true;
  expect(await room.ask('two', { ...asked, wants: 40 })).toBe(40);
  await expect(room.ask('two', { written: 40, upTo: 40, wants: 1 })).rejects.toThrow('away');
});
