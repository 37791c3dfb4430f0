import { describe, expect, it } from 'vitest';
import { allOf, type Deliver, fanOut, isSmall, nowhere, Outbox, partsOf } from './deliver.ts';
import { limits, messageOverhead } from './limits.ts';
import { type Batch, Message } from './message.ts';
import { originOf } from './origins.ts';

const message = (n: number) => new Message(n, 1, 'test.a.1', n);
/** One that counts for so many bytes. */
const sized = (bytes: number) => new Message('', 1, 'test.a.1', 1, {}, undefined, bytes - messageOverhead);
const batch = [message(1), message(2)];
const origin = originOf('a', 's1', 1, batch);
const remember = () => {
  const got: unknown[] = [];
  const deliver: Deliver = (...given) => void got.push(given);
  return { got, deliver };
};

describe('what a port leads to', () => {
  it('is nowhere, or the one, or all of them', async () => {
    const [one, two] = [remember(), remember()];
    expect([fanOut([]), nowhere(batch)]).toEqual([nowhere, undefined]);
    expect(fanOut([one.deliver])).toBe(one.deliver);
    expect(fanOut([one.deliver, two.deliver])(batch, origin)).toBeUndefined();
    expect([one.got, two.got]).toEqual([[[batch, origin]], [[batch, origin]]]);
    let isDone = false;
    const slow: Deliver = async () => {
      await Promise.resolve();
      isDone = true;
    };
    await fanOut([slow, one.deliver])(batch);
    expect(isDone).toBe(true);
  });

  it('has ended when the last of it has, and fails where one of it has failed', async () => {
    const happened: string[] = [];
    const failing = Promise.reject(new Error('broken'));
    const slow = new Promise<void>((resolve) => setImmediate(resolve)).then(() => void happened.push('slow'));
    const alone = Promise.resolve();
    expect([allOf([]), allOf([undefined]), allOf([undefined, alone])]).toEqual([undefined, undefined, alone]);
    await expect(allOf([failing, undefined, slow])).rejects.toThrow('broken');
    expect(happened).toEqual(['slow']);
    await expect(allOf([alone, Promise.resolve()])).resolves.toBeUndefined();
  });
});

describe('a batch', () => {
  it.each<[string, readonly Message[], boolean, readonly number[]]>([
    ['one, however large', [sized(5 * limits.batch)], true, [1]],
    ['what fits to the byte', [sized(1000), sized(limits.batch - 1000)], true, [2]],
    ['a byte more', [sized(1000), sized(limits.batch - 999)], false, [1, 1]],
    ['large ones between small ones', [sized(300), sized(2 * limits.batch), sized(300), sized(300)], false, [1, 1, 2]],
    ['none', [], true, [0]],
  ])('is handed on at once or in parts: %s', (_, given, isAtOnce, sizes) => {
    expect(isSmall(given)).toBe(isAtOnce);
    const parts = partsOf(given);
    expect(parts.map(({ length }) => length)).toEqual(sizes);
    expect(parts.flat()).toEqual(given);
  });
});

describe('what a processor has made', () => {
  it('goes to its ports, in order, and counts where it leads somewhere', async () => {
    const [out, other] = [remember(), remember()];
    const outbox = new Outbox([
      { name: 'out', deliver: out.deliver },
      { name: 'other', deliver: other.deliver },
      { name: 'nobody', deliver: nowhere },
    ]);
    expect([outbox.handOn(origin), outbox.size]).toEqual([undefined, 0]);
    outbox.add({ out: message(1), nobody: message(9) });
    outbox.add({ out: [message(2), message(3)], other: [] });
    outbox.add({ other: message(4), out: undefined });
    expect([outbox.size, outbox.isFull]).toEqual([4, false]);
    expect(outbox.handOn(origin)).toBeUndefined();
    expect(out.got).toEqual([[[message(1), message(2), message(3)], origin]]);
    expect(other.got).toEqual([[[message(4)], origin]]);
  });

  it('is handed on when all that it goes to have ended', async () => {
    const ended: string[] = [];
    const slow =
      (name: string, turns: number): Deliver =>
      async () => {
        for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        ended.push(name);
      };
    const outbox = new Outbox([
      { name: 'a', deliver: slow('a', 3) },
      { name: 'b', deliver: () => undefined },
      { name: 'c', deliver: slow('c', 1) },
    ]);
    outbox.add({ a: message(1), b: message(2), c: message(3) });
    await outbox.handOn();
    expect(ended).toEqual(['c', 'a']);
  });

  it('is full when it is much, of single messages and of several', () => {
    const outbox = () => new Outbox([{ name: 'out', deliver: () => undefined }]);
    const [one, many] = [outbox(), outbox()];
    one.add({ out: sized(limits.made) });
    many.add({ out: [sized(limits.made - 300), sized(300)] });
    expect([one.isFull, many.isFull]).toEqual([false, false]);
    one.add({ out: sized(messageOverhead) });
    many.add({ out: [sized(messageOverhead)] });
    expect([one.isFull, many.isFull]).toEqual([true, true]);
  });

  it('says of the last of several alone that the one was taken that they were made of', () => {
    const { got, deliver } = remember();
    const outbox = new Outbox([{ name: 'out', deliver }]);
    const position = { source: 'far', sequence: 7 };
    outbox.add({ out: [1, 2].map((n) => message(n).at(position)) });
    void outbox.handOn();
    const [[made]] = got as [[Batch]];
    expect(made.map((each) => each.position)).toEqual([{ ...position, isPart: true }, position]);
  });

  const ports = [{ name: 'out', deliver: () => undefined }];
  it.each<[unknown, string]>([
    [{ out: 5 }, 'the component returned something for the port "out" that is no message'],
    [{ out: [message(1), 'x'] }, 'the component returned something for the port "out" that is no message'],
    [
      { out: message(1), oops: message(2) },
      'the component returned something for the port "oops", which it does not have',
    ],
    [
      { ['p'.repeat(200)]: 1 },
      `the component returned something for the port "${'p'.repeat(100)}", which it does not have`,
    ],
    ['text', 'the component returned no ports: return { out: message }'],
    [message(1), 'the component returned no ports: return { out: message }'],
    [[message(1)], 'the component returned no ports: return { out: message }'],
  ])('is refused as a whole where it is no messages for its ports', (returned, sentence) => {
    const outbox = new Outbox(ports);
    expect(() => outbox.add(returned as never)).toThrow(sentence);
    expect(outbox.size).toBe(0);
  });

  it('may leave a port out', () => {
    const outbox = new Outbox(ports);
    outbox.add({ oops: undefined } as never);
    expect(outbox.size).toBe(0);
    expect(() => new Outbox([]).add('text' as never)).toThrow('return { port: message }');
  });
});
