import { paths, type Tapped } from '@semstreams/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
  await eventually('it is ready', async () => (await server.call('GET', '/health/ready')).status === 200);
  await server.call('POST', paths.flows, {
    id: 'seen',
    components: [
      { id: 'source', type: 'simulator_input', config: { rate: 200 } },
      { id: 'keep', type: 'json_filter' },
    ],
  });
  await server.call('POST', `${paths.deploy('seen')}?wait=10s`);
});
afterAll(async () => {
  await server.end();
});

/** Looks at a connection as a browser does, and collects the events. */
const tap = async (from = 'source.out', to = 'keep.in') => {
  const closing = new AbortController();
  const response = await fetch(server.url + paths.tap('seen', from, to), { signal: closing.signal });
  const events: { event: string; told: Tapped & { sentence?: string } }[] = [];
  const reading = (async () => {
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const parts = (text + chunk).split('\n\n');
      text = parts.pop()!;
      for (const part of parts) {
        const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(part) ?? [];
        if (event) events.push({ event, told: JSON.parse(data!) as Tapped });
      }
    }
  })().catch(() => undefined);
  return { response, events, reading, close: () => closing.abort() };
};
const totalOf = async (): Promise<number> => {
  const { body } = await server.call('GET', paths.status('seen'));
  return (body as { components: { out_total: number }[] }).components[0]!.out_total;
};

it('shows messages of a connection, a few of many, and says how many there were', async () => {
  const { response, events, close } = await tap();
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  await eventually('messages are shown', async () => events.length >= 3);
  close();
  for (const { event, told } of events) {
    expect(event).toBe('tapped');
    expect(told.messages.length).toBeLessThanOrEqual(5);
    expect(told.seen).toBeGreaterThanOrEqual(told.messages.length);
    for (const { payload } of told.messages) expect(JSON.parse(payload)).toEqual(expect.any(Object));
  }
  const ids = events.flatMap(({ told }) => told.messages.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
});

it('refuses what is not there', async () => {
  expect((await tap('source.out', 'nobody.in')).response.status).toBe(404);
  expect((await server.call('GET', paths.tap('unknown', 'a.out', 'b.in'))).status).toBe(404);
});

it('ends with the line of who looks, and what flows goes on', async () => {
  const before = await tap();
  await eventually('messages are shown', async () => before.events.length > 0);
  before.close();
  const total = await totalOf();
  await eventually('more flows', async () => (await totalOf()) > total);
});

it('gives the place of one that was closed to the next one', async () => {
  const all = await Promise.all(Array.from({ length: 50 }, async () => tap()));
  expect(all.map(({ response }) => response.status)).toEqual(all.map(() => 200));
  expect((await tap()).response.status).toBe(429);
  for (const { close } of all) close();
  await eventually('there is room again', async () => {
    const next = await tap();
    next.close();
    return next.response.status === 200;
  });
});

it('ends with the run, and says so', async () => {
  const { events, reading } = await tap();
  await eventually('messages are shown', async () => events.length > 0);
  await server.call('POST', `${paths.stop('seen')}?wait=10s`);
  await reading;
  expect(events.at(-1)).toEqual({ event: 'end', told: { sentence: 'the flow was stopped or deployed anew' } });
  expect((await tap()).response.status).toBe(409);
});
