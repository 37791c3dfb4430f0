import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectTo } from '../connection/access.ts';
import { Fence, LeaseLost } from './fence.ts';
import { ForeignServer } from '../own-server/foreign-server.ts';
import { holderKey } from './holder.ts';
import { roomyLane } from '../roomy-lane.ts';
import { Lease } from './lease.ts';
import { StoredData, systemBucket } from '../storage/stored-data.ts';
import { takeOver } from './take-over.ts';
import { eventually, type RunningServer, startServer } from '../../running-server.ts';

let foreign: ForeignServer;
let nats: NatsConnection;
const access = () => ({ servers: [`127.0.0.1:${foreign.port}`] });
beforeAll(async () => {
  foreign = await (await ForeignServer.of()).start();
  nats = await connectTo(access(), 'test');
});
afterAll(async () => {
  await nats.close();
  await foreign.remove();
});
const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
  await new StoredData(nats).remove(systemBucket, holderKey);
});

const lease = async (instance: string, use = nats) => {
  const told: string[] = [];
  const lost: string[] = [];
  const made = new Lease({
    connection: async () => use,
    replicas: 1,
    sizeBytes: 1024 ** 2,
    inboxPrefix: undefined,
    instance,
    name: `site-${instance}`,
    tell: (sentence) => told.push(sentence),
    onLost: ({ message }) => lost.push(message),
  });
  ending.push(async () => made.release());
  return { made, told, lost };
};
const connection = async () => {
  const made = await connectTo(access(), 'test');
  ending.push(async () => made.close());
  return made;
};

describe('the lease', () => {
  it('is held by one, who is named to the others, and is free when given back', async () => {
    const [a, b] = [await lease('a'), await lease('b')];
    await a.made.claim();
    await expect(b.made.claim()).rejects.toThrow(
      /^this NATS account is used by "site-a" on .+ \(process \d+\) since 20/,
    );
    await a.made.release();
    await b.made.claim();
    expect([a.lost, b.told]).toEqual([[], []]);
  });

  it('goes to the same data folder at once where its server was killed, and never to a copy of one that lives', async () => {
    const line = await connection();
    const killed = await lease('a', line);
    await killed.made.claim();
    await expect((await lease('a')).made.claim()).rejects.toThrow(
      'whose data folder is a copy of this one or its original',
    );
    await line.close();
    const before = performance.now();
    await (await lease('a')).made.claim();
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it('is kept by a holder that only cannot be reached at its inbox: it gives a sign of life where it is asked', async () => {
    const a = await lease('a');
    await a.made.claim();
    (a.made as unknown as { answering: { unsubscribe(): void } }).answering.unsubscribe();
    const b = await lease('b');
    await expect(b.made.claim()).rejects.toThrow('is used by "site-a"');
    expect([a.lost, b.told.length]).toEqual([[], expect.any(Number)]);
  }, 20_000);

  it.each([
    ['garbage', async () => new StoredData(nats).put(systemBucket, holderKey, Buffer.from('garbage'))],
    ['nothing', async () => new StoredData(nats).remove(systemBucket, holderKey)],
  ])('is not lost where somebody left %s in its place', async (_, spoil) => {
    const a = await lease('a');
    await a.made.claim();
    await spoil();
    await eventually('the holder to stand there again', async () => {
      const bytes = await new StoredData(nats).get(systemBucket, holderKey);
      return bytes !== undefined && Buffer.from(bytes).toString().includes('site-a');
    });
    expect(a.lost).toEqual([]);
  });

  it('is reserved by a take-over for the server that it was meant for; the holder steps back', async () => {
    const a = await lease('a');
    await a.made.claim();
    expect(await takeOver(access(), { instance: 'b', name: 'site-b' })).toMatch(/^"site-a" on /);
    await eventually('the holder to step back', async () => a.lost.length > 0);
    expect(a.lost).toEqual([
      expect.stringMatching(/^"site-b" on .+ has taken over this NATS account; this server steps back$/),
    ]);
    await expect((await lease('a')).made.claim()).rejects.toThrow('"site-b" on');
    await (await lease('b')).made.claim();
  });
});

describe('the fence', () => {
  const held = async (process: string) =>
    new StoredData(nats).put(
      systemBucket,
      holderKey,
      Buffer.from(JSON.stringify({ instance: 'x', process, name: 'x', host: 'x', pid: 1, since: 'x', inbox: 'x' })),
    );

  it.each([
    ['a frozen process wakes up', 60_000, 60_000],
    ['a machine wakes up, whose steady clock stood still', 0, 60_000],
    ['the clock is set back', 100, -3_600_000],
    ['the clock is set forward', 100, 86_400_000],
  ])('is looked at anew before anything is written when %s', async (_, steadyMs, wallMs) => {
    const clock = { steady: 1000, wall: 1000 };
    await held('mine');
    const fence = new Fence(async () => nats, 'mine', { steady: () => clock.steady, wall: () => clock.wall });
    await fence.pass();
    expect(fence.isFresh).toBe(true);
    clock.steady += steadyMs;
    clock.wall += wallMs;
    expect(fence.isFresh).toBe(false);
    await fence.pass();
    expect(fence.isFresh).toBe(true);
    clock.steady += steadyMs;
    clock.wall += wallMs;
    await held('another');
    await expect(fence.pass()).rejects.toThrow(LeaseLost);
  });

  it('keeps a lane from writing, trimming and delivering what belongs to another server', async () => {
    await held('mine');
    const place = { flow: 'fenced', from: 'a', fromPort: 'out', to: 'b', toPort: 'in' };
    const lane = (process: string) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-lane-'));
      ending.push(async () => rmSync(dataDir, { recursive: true, force: true }));
      const settings = { access: access(), replicas: 1, name: 'lane', lease: process, dataDir };
      const made = roomyLane(settings);
      return {
        made,
        log: made.log(place, { maxBytes: 1024 ** 2, maxAgeMs: 60_000, whenFull: 'block' }, () => undefined),
      };
    };
    const { log } = lane('mine');
    await log.open();
    const sequence = await log.append(Buffer.from('block'), 'one');
    const stranger = lane('another');
    for (const act of [
      async () => stranger.log.open(),
      async () => stranger.log.append(Buffer.from('block'), 'two'),
      async () => stranger.log.trim(sequence),
      async () => stranger.log.read(sequence),
    ])
      await expect(act()).rejects.toThrow(LeaseLost);
    expect(await log.state()).toMatchObject({ last: sequence });
  });
});

describe('two servers on one NATS account', () => {
  const folders: string[] = [];
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  const server = async (name: string, dataDir?: string): Promise<RunningServer> => {
    const made = await startServer({ SEMSTREAMS_NATS_URL: foreign.url, SEMSTREAMS_NAME: name }, dataDir);
    folders.push(made.dataDir);
    ending.push(async () => made.process.exitCode ?? made.end('SIGKILL'));
    return made;
  };
  const connected = async ({ call }: RunningServer) =>
    eventually(
      'it to use NATS',
      async () => {
        const { body } = await call('GET', '/health');
        return (body as { components: { nats: string } }).components.nats === 'connected';
      },
      30_000,
    );
  const ended = async (made: RunningServer) =>
    eventually('it to end', async () => made.process.exitCode !== null || made.process.signalCode !== null);
  const flow = {
    id: 'kept',
    components: [
      { id: 'in', type: 'simulator_input', config: { rate: 50 } },
      { id: 'out', type: 'websocket_output', config: { host: '127.0.0.1', port: 0 } },
    ],
    connections: [{ from: 'in', to: 'out', delivery: 'guaranteed', buffer: { max_bytes: '1MB' } }],
  };

  it('are refused: the second one and a copy of the first end with the sentence, and the first one goes on', async () => {
    const a = await server('site-a');
    await connected(a);
    const b = await server('site-b');
    await ended(b);
    expect([b.process.exitCode, b.output()]).toEqual([
      1,
      expect.stringContaining('this NATS account is used by "site-a"'),
    ]);
    const copy = mkdtempSync(join(tmpdir(), 'semstreams-copy-'));
    cpSync(a.dataDir, copy, { recursive: true });
    rmSync(join(copy, 'server.pid'));
    const c = await server('site-a', copy);
    await ended(c);
    expect(c.output()).toContain('is a copy of this one or its original');
    expect((await a.call('GET', '/health')).status).toBe(200);

    await a.end('SIGKILL');
    const again = await server('site-a', a.dataDir);
    await connected(again);
    expect(await again.end()).toBe(0);
  }, 60_000);

  it('do no harm: one that was frozen until another took over ends when it wakes up, and writes nothing', async () => {
    const a = await server('site-a');
    await connected(a);
    await a.call('POST', '/api/v1/flows?name=kept', flow);
    expect(await a.call('POST', '/api/v1/flows/kept/deploy?wait=10s')).toMatchObject({ status: 202 });
    await eventually('messages to wait', async () => {
      const { body } = await a.call('GET', '/api/v1/flows/kept/status');
      return (body as { connections: { waiting: number }[] }).connections[0]!.waiting > 10;
    });
    a.process.kill('SIGSTOP');
    const b = await server('site-b');
    await connected(b);
    expect(await b.call('POST', '/api/v1/flows/kept/stop?wait=10s')).toMatchObject({ status: 202 });
    const stored = async () => (await new StoredData(nats).streams()).map(({ name, to }) => [name, to]);
    const before = await stored();
    a.process.kill('SIGCONT');
    await ended(a);
    expect([a.process.exitCode, a.output()]).toEqual([1, expect.stringContaining('"site-b" on')]);
    expect(await stored()).toEqual(before);
    expect(await b.end()).toBe(0);
  }, 60_000);
});
