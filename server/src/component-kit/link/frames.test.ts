import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBlock } from '../../engine/block.ts';
import { numbered } from '../../engine/connection-trial.ts';
import { Message } from '../../engine/message.ts';
import { decodeFrame, encodeFrame, encodeRest } from './block-frame.ts';
import { LinkClosed } from './closes.ts';
import { decodeControl, encodeControl } from './frames.ts';
import { LinkReceiver } from './link-receiver.ts';
import { LinkSender } from './link-sender.ts';

const mostBytes = 1e6;
const kept = (messages = numbered(1, 6), total = 100) => ({
  ...{ count: messages.length, total: total + messages.length, run: 'flow.0.run' },
  encoded: encodeBlock(messages, { total, done: 0, run: 'flow.0.run' }),
});

describe('a block on a line', () => {
  it.each(['none', 'deflate'] as const)('is what was kept, packed by "%s"', (compression) => {
    const headers = { unit: 'm', 'with\ttab': 'and "quotes"' };
    const messages = [
      new Message({ a: [1, 'ü'] }, 5, 'a.b.1', 1, headers),
      new Message(Buffer.from('bytes'), 6, 'a.b.1', 2),
    ];
    const block = decodeFrame(encodeFrame(kept(messages), compression), mostBytes);
    expect(block).toMatchObject({ count: 2, total: 102, run: 'flow.0.run' });
    expect(block.messages.map(({ id, time, headers: of }) => ({ id, time, of }))).toEqual([
      { id: 'a.b.1-1', time: 5, of: headers },
      { id: 'a.b.1-2', time: 6, of: {} },
    ]);
    expect(block.messages.map(({ payload }) => payload)).toEqual([{ a: [1, 'ü'] }, Buffer.from('bytes')]);
  });

  it('is made once for all who want it alike', () => {
    const block = kept();
    expect(encodeFrame(block, 'deflate')).toBe(encodeFrame(block, 'deflate'));
  });

  it('may be the last messages of what was kept', () => {
    const rest = decodeFrame(encodeRest(kept(), 103, 'none'), mostBytes);
    expect(rest).toMatchObject({ count: 2, total: 105 });
    expect(rest.messages.map(({ payload }) => payload)).toEqual([4, 5]);
  });

  it.each(['none', 'deflate'] as const)(
    'is refused where it is cut or changed anywhere, packed by "%s"',
    (compression) => {
      const frame = encodeFrame(kept(), compression);
      fc.assert(
        fc.property(fc.nat(frame.length - 1), fc.integer({ min: 0, max: 255 }), (at, flip) => {
          const changed = Buffer.from(frame);
          changed[at]! ^= flip;
          const bytes = flip === 0 ? changed.subarray(0, at) : changed;
          try {
            // what stands in the first line beside the checksum is believed, and TCP has checked it
            expect(decodeFrame(bytes, mostBytes).messages.map(({ payload }) => payload)).toEqual([1, 2, 3, 4, 5]);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(LinkClosed);
          }
        }),
      );
    },
  );

  it('is no bomb', () => {
    const large = kept([new Message('x'.repeat(2e6), 1, 'a.b.1', 1)]);
    expect(() => decodeFrame(encodeFrame(large, 'deflate'), mostBytes)).toThrow('not as it was sent');
  });

  it('costs less than a tenth of its payload in bytes', () => {
    const payload = { text: 'x'.repeat(189) };
    const messages = Array.from(
      { length: 1000 },
      (_, n) => new Message(payload, 1.7e12 + n, 'drones.vehicle.m3k2x', n),
    );
    expect(encodeFrame(kept(messages), 'none').length / (1000 * JSON.stringify(payload).length)).toBeLessThan(1.1);
  });
});

const hello = { name: 'b', instance: 'i', product: 'test', heartbeat_ms: 1000 };
const asReceiver = (sources = 0) =>
  ({
    ...hello,
    since: 'missed',
    known: Array.from({ length: sources }, (_, n) => ({ source: `s.${n}`, sequence: n })),
    compression: 'none',
  }) as const;
const pair = (window = { blocks: 2, bytes: 100 }) => {
  const receiver = new LinkReceiver(asReceiver(), window, 0);
  const sender = new LinkSender<string>(hello, 1000, 0);
  sender.hear(receiver.greeting(0), 0);
  receiver.hear(sender.answer(0), 0);
  return { receiver, sender };
};

describe('a link', () => {
  it('says all that it says in JSON', () => {
    const greeting = new LinkReceiver(asReceiver(3), { blocks: 2, bytes: 100 }, 0).greeting(0);
    expect(decodeControl(encodeControl(greeting))).toEqual(greeting);
    expect(decodeControl('{"kind":"beat","later":1}')).toEqual({ kind: 'beat' });
  });

  it.each([
    '',
    'x',
    '{}',
    '{"kind":"safe"}',
    '{"kind":"safe","blocks":-1,"allowed":{"blocks":1,"bytes":1}}',
    '[]',
    'null',
  ])('is closed at %j', (text) => {
    expect(() => decodeControl(text)).toThrow(LinkClosed);
  });

  it('sends no more than the receiver allows, and goes on as that is safe', () => {
    const { sender, receiver } = pair();
    expect(sender.hasRoom(60)).toBe(true);
    sender.sent('one', 60);
    expect([sender.hasRoom(60), sender.hasRoom(40)]).toEqual([false, true]);
    receiver.came(60, 0);
    expect(sender.hear(receiver.safe(1, 0)!, 0)).toEqual({ kind: 'safe', blocks: ['one'] });
    expect([sender.hasRoom(100), sender.hasRoom(101)]).toEqual([true, true]);
    sender.sent('two', 10);
    sender.sent('three', 10);
    expect(sender.hasRoom(1)).toBe(false);
  });

  it('sends no more than it has room for itself, whatever a receiver allows', () => {
    const { sender } = pair({ blocks: 1e6, bytes: 1e12 });
    sender.sent('one', 900);
    expect([sender.hasRoom(100), sender.hasRoom(101)]).toEqual([true, false]);
  });

  it('lets one block through that is larger than is ever allowed', () => {
    const { sender } = pair();
    expect(sender.hasRoom(1e9)).toBe(true);
  });

  const wrongs: readonly (readonly [string, (ends: ReturnType<typeof pair>) => unknown])[] = [
    [
      'it says that is safe which was not sent',
      ({ sender }) => sender.hear({ kind: 'safe', blocks: 1, allowed: { blocks: 9, bytes: 9 } }, 0),
    ],
    ['both are senders', ({ sender }) => sender.hear(sender.answer(0), 0)],
    ['both are receivers', ({ receiver }) => receiver.hear(receiver.greeting(0), 0)],
    ['it greets twice', ({ sender, receiver }) => sender.hear(receiver.greeting(0), 0)],
    ['more comes than was allowed', ({ receiver }) => [1, 2, 3].forEach(() => receiver.came(1, 0))],
    ['a block comes before the greeting', () => new LinkReceiver(asReceiver(), { blocks: 1, bytes: 1 }, 0).came(1, 0)],
    [
      'it says what is safe before it greets',
      () => new LinkSender(hello, 1, 0).hear({ kind: 'safe', blocks: 0, allowed: { blocks: 9, bytes: 9 } }, 0),
    ],
  ];
  it.each(wrongs)('is closed where %s', (_, act) => {
    expect(() => act(pair())).toThrow(LinkClosed);
  });

  it('beats while it sends, too: a receiver that is behind knows how far', () => {
    const { sender } = pair();
    sender.sent('one', 1);
    expect(sender.look(1000)).toBe(true);
  });

  it('beats where nothing else is said, and ends where nothing is heard', () => {
    const { sender, receiver } = pair();
    expect([sender.look(999), sender.look(1000), sender.look(1500), sender.look(2000)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
    receiver.hear({ kind: 'beat' }, 2000);
    expect(receiver.look(4500)).toBe(true);
    expect(() => receiver.look(4501)).toThrow('nothing was heard');
    receiver.isAlive(4501);
    expect(() => receiver.look(4502)).not.toThrow();
    expect(() => new LinkSender(hello, 1, 0).look(10_001)).toThrow('nothing was heard');
  });
});
