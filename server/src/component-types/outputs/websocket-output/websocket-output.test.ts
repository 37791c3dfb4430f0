import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { websocketOutput } from './websocket-output.component.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

const open = async (config: object = {}): Promise<Rehearsal> => {
  const stage = rehearse(websocketOutput, { host: '127.0.0.1', port: 0, ...config });
  await stage.open();
  opened.push(stage);
  return stage;
};

const receive = async (stage: Rehearsal) => {
  const client = new WebSocket(`ws://127.0.0.1:${String(stage.facts()['listening'])}`);
  const got: unknown[] = [];
  client.on('message', (data) => got.push(JSON.parse((data as Buffer).toString())));
  await new Promise((resolve) => client.once('open', resolve));
  opened.push({ close: () => client.terminate() });
  return { client, got };
};

const waitingBytes = (stage: Rehearsal): number =>
  (stage.facts()['far_sides'] as { waiting_bytes: number }[])[0]?.waiting_bytes ?? 0;
const large = (n: number) => ({ n, text: 'x'.repeat(1024) });

describe('to location', () => {
  it('sends each message as one frame to everybody', async () => {
    const stage = await open();
    const [one, two] = [await receive(stage), await receive(stage)];
    await stage.feed([{ a: 1 }, 'ü']);
    await until('both have both', () => one.got.length === 2 && two.got.length === 2);
    expect([one.got, two.got]).toEqual([
      [{ a: 1 }, 'ü'],
      [{ a: 1 }, 'ü'],
    ]);
  });

  it('keeps what comes until the first receiver is there, and says so without calling for attention', async () => {
    const stage = await open();
    let isDone = false;
    const fed = stage.feed([1, 2]).then(() => (isDone = true));
    expect(stage.reports).toEqual(['running: No receiver yet']);
    expect(isDone).toBe(false);
    const { got } = await receive(stage);
    await fed;
    await until('both are there', () => got.length === 2);
    expect(got).toEqual([1, 2]);
    expect(stage.reports).toEqual(['running: No receiver yet', 'running: 1 receiver']);
    expect(stage.drops).toEqual({});
  });

  it('waits where all receivers have left, and says so', async () => {
    const stage = await open();
    const first = await receive(stage);
    first.client.terminate();
    await until('it is gone', () => stage.reports.at(-1) === 'running: Nobody is connected');
    const fed = stage.feed([1]);
    await until('it says that it waits', () => stage.reports.at(-1) === 'waiting: nobody is connected');
    const { got } = await receive(stage);
    await fed;
    await until('it is there', () => got.length === 1);
    expect(stage.reports.at(-1)).toBe('running: 1 receiver');
  });

  it('waits where the first receiver leaves without what was kept for it', async () => {
    const stage = await open({ max_waiting: '64KB' });
    const fed = stage.feed(Array.from({ length: 20_000 }, (_, n) => large(n)));
    const client = new WebSocket(`ws://127.0.0.1:${String(stage.facts()['listening'])}`);
    client.on('upgrade', ({ socket }) => socket.pause());
    client.on('error', () => undefined);
    await until('it holds back', () => waitingBytes(stage) > 64 * 1024);
    client.terminate();
    await until('it says that it waits', () => stage.reports.at(-1) === 'waiting: nobody is connected');
    const { got } = await receive(stage);
    await fed;
    await until('the last one is there', () => (got.at(-1) as { n: number } | undefined)?.n === 19_999);
    expect(stage.reports.at(-1)).toBe('running: 1 receiver');
  });

  it('holds back for a receiver that does not read, and loses nothing for it', async () => {
    const stage = await open({ max_waiting: '256KB' });
    const { client, got } = await receive(stage);
    client.pause();
    let fed = 0;
    const feeding = (async () => {
      for (let n = 0; n < 200; n += 1) {
        await stage.feed(Array.from({ length: 100 }, (_, index) => large(n * 100 + index)));
        fed += 1;
      }
    })();
    await until('it holds back', () => waitingBytes(stage) > 64 * 1024);
    expect(fed).toBeLessThan(200);
    client.resume();
    await feeding;
    await until('all are there', () => got.length === 20_000);
    expect(got.every((message, index) => (message as { n: number }).n === index)).toBe(true);
    expect(stage.facts()['missed']).toBe(0);
  });

  it('lets one that does not read miss messages where another one reads', async () => {
    const stage = await open({ max_waiting: '256KB' });
    const [stuck, quick] = [await receive(stage), await receive(stage)];
    stuck.client.pause();
    for (let n = 0; n < 200; n += 1)
      await stage.feed(Array.from({ length: 100 }, (_, index) => large(n * 100 + index)));
    await until('the quick one has all', () => quick.got.length === 20_000);
    expect(stage.facts()['missed']).toBeGreaterThan(0);
    expect(stage.drops).toEqual({});
  });

  it('begins a batch anew for the next receiver where the last one left in the middle', async () => {
    const stage = await open({ max_waiting: '256KB' });
    const first = await receive(stage);
    first.client.pause();
    const batch = Array.from({ length: 20_000 }, (_, index) => large(index));
    const fed = stage.feed(batch);
    await until('it holds back', () => waitingBytes(stage) > 64 * 1024);
    first.client.terminate();
    await until('it has left', () => stage.facts()['receivers'] === 0);
    const second = await receive(stage);
    await fed;
    await until('the second one has all', () => second.got.length === batch.length);
    expect(second.got).toEqual(batch);
  });

  it('drops and counts while nobody is there, where it was told to', async () => {
    const stage = await open({ when_away: 'drop' });
    await stage.feed([1, 2, 3]);
    expect(stage.drops).toEqual({ no_receiver: 3 });
  });

  it('stops while it waits', async () => {
    const stage = await open();
    const fed = stage.feed([1]).then(
      () => 'done',
      (thrown: Error) => thrown.name,
    );
    await stage.close();
    opened.pop();
    expect(await fed).toBe('AbortError');
  });
});
