import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { FlowStatus, Health } from '@semstreams/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

/** A processor that does to its lane what the message, or for `open` and `close` the config, tells it to. */
const wicked = `
import { readFileSync } from 'node:fs';
const deeds = {
  heap: () => { const all = []; for (;;) all.push(new Array(1e5).fill({})); },
  parse: () => JSON.parse('[' + '[],'.repeat(40e6) + '[]]'),
  double: () => { const all = []; let text = 'ab'; for (;;) { text = text.length < 1e8 ? text + text : 'cd'; all.push(Buffer.from(text), JSON.stringify([text])); } },
  outside: () => { globalThis.kept = []; const more = () => { for (let i = 0; i < 4; i += 1) kept.push(Buffer.alloc(4 << 20, 1)); setTimeout(more, 1); }; more(); return new Promise(() => undefined); },
  recursion: () => { const deeper = (n) => deeper(n + 1) + 1; return deeper(0); },
  loop: () => { for (;;); },
  wait: () => { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); },
  pipe: () => { readFileSync(new URL('./pipe', import.meta.url)); },
  exit: () => process.exit(7),
  really_exit: () => process.reallyExit(7),
  abort: () => process.abort(),
  segv: () => process.kill(process.pid, 'SIGSEGV'),
  later: () => { setTimeout(() => { throw new Error('thrown later'); }, 5); },
  rejected: () => { void Promise.reject(new Error('rejected later')); },
  talk: () => process.send('ready'),
  babble: () => new Promise(() => void process._send(null)),
  hang: () => new Promise(() => undefined),
};
export default ({ defineComponent, input, output, z }) =>
  defineComponent({
    type: 'wicked_processor',
    category: 'processor',
    title: 'Wicked',
    summary: 'Brings its lane down.',
    icon: 'bomb',
    ports: { in: input('json'), out: output('json', { required: false }) },
    config: z.strictObject({ open: z.string().optional(), close: z.string().optional(), facts: z.boolean().optional() }),
    examples: [],
    create: ({ config }) => ({
      open: () => deeds[config.open]?.(),
      close: () => deeds[config.close]?.(),
      facts: () => { if (config.facts) new Date(NaN).toISOString(); return { at: 1n }; },
      in: (message) => { const made = deeds[message.payload.deed]?.(); return made instanceof Promise ? made : { out: message }; },
    }),
  });
`;

const folder = mkdtempSync(join(tmpdir(), 'semstreams-lanes-'));
writeFileSync(join(folder, 'wicked-processor.mjs'), wicked);
execFileSync('mkfifo', [join(folder, 'pipe')]);
let server: RunningServer;
const settings = {
  SEMSTREAMS_COMPONENTS_DIR: folder,
  SEMSTREAMS_FLOWS_DIR: '',
  SEMSTREAMS_LANES_MEMORY_LIMIT: '96MB',
  SEMSTREAMS_SHUTDOWN_TIMEOUT: '2s',
};

beforeAll(async () => {
  server = await startServer(settings);
  await eventually('it is ready', async () => (await server.call('GET', '/health/ready')).status === 200);
  await deploy({
    id: 'neighbour',
    components: [
      { id: 'source', type: 'simulator_input', config: { rate: 200 } },
      { id: 'file', type: 'file_output', config: { path: 'neighbour.ndjson', max_size: '1MB', keep: 1 } },
    ],
  });
});
afterAll(async () => {
  await server.end('SIGKILL');
  rmSync(folder, { recursive: true });
});

const deploy = async (flow: { readonly id: string } & Record<string, unknown>): Promise<void> => {
  expect((await server.call('POST', '/api/v1/flows', flow)).status).toBe(201);
  await server.call('POST', `/api/v1/flows/${flow.id}/deploy?wait=10s`);
};
const statusOf = async (flow: string): Promise<FlowStatus> =>
  (await server.call('GET', `/api/v1/flows/${flow}/status`)).body as FlowStatus;
const healthOf = async (): Promise<Health> => (await server.call('GET', '/health')).body as Health;
const inject = async (flow: string, ...payloads: readonly unknown[]) =>
  server.call('POST', `/api/v1/flows/${flow}/components/source/inject`, { payloads });
const isRunning = async (flow: string): Promise<boolean> =>
  ['running', 'degraded'].includes((await statusOf(flow)).observed);
const written = (file: string): string => readFileSync(join(server.dataDir, file), 'utf8');
const counted = async (): Promise<number> => (await statusOf('neighbour')).components[1]!.out_total;

/** A source that waits for what is injected, kept on disk before the wicked one. */
const flowWith = (
  id: string,
  { delivery = 'guaranteed', lane, ...config }: { delivery?: string; lane?: 'own' } & Record<string, unknown> = {},
) => ({
  id,
  ...(lane ? { lane } : {}),
  components: [
    { id: 'source', type: 'udp_input', config: { host: '127.0.0.1', port: 0 } },
    { id: 'wicked', type: 'wicked_processor', config },
    { id: 'file', type: 'file_output', config: { path: `${id}.ndjson` } },
  ],
  connections: [
    { from: 'source', to: 'wicked', delivery },
    { from: 'wicked.out', to: 'file', delivery: 'live' },
  ],
});

/** How long the main thread of a process has wanted a processor and had none, in milliseconds: `schedstat` of proc(5). */
const waitedMs = (id: number): number =>
  Number(readFileSync(`/proc/${id}/task/${id}/schedstat`, 'latin1').split(' ')[1]) / 1e6;

/** Asks for health all the while; resolves with the longest answer in milliseconds, without what others have taken. */
const whileAsking = async (work: () => Promise<unknown>): Promise<number> => {
  let longest = 0;
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      const others = () => waitedMs(server.process.pid!) + waitedMs(process.pid);
      const from = performance.now() - others();
      await healthOf();
      longest = Math.max(longest, performance.now() - others() - from);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  await work().finally(() => (isOver = true));
  await asking;
  return longest;
};

const becomesADeadLetter = async (deed: string, lane?: 'own'): Promise<void> => {
  const id = `wicked-${deed.replace('_', '-')}`;
  await deploy(flowWith(id, lane ? { lane } : {}));
  const before = await counted();
  const letters = async () =>
    (await server.call('GET', `/api/v1/flows/${id}/dead-letters`)).body as { total: number; items: unknown[] };
  const longest = await whileAsking(async () => {
    await inject(id, { n: 1 }, { n: 2, deed }, { n: 3 });
    await eventually('it is put aside', async () => (await letters()).total === 1 && (await isRunning(id)), 100_000);
  });
  expect((await letters()).items).toMatchObject([
    { component: 'wicked', reason: 'it stopped the flow 3 times', payload: { n: 2, deed } },
  ]);
  await eventually('the others got through', async () => /"n":1[^]*"n":3/.test(written(`${id}.ndjson`)));
  await eventually('the neighbour goes on', async () => (await isRunning('neighbour')) && (await counted()) > before);
  expect(longest).toBeLessThan(1000);
  await server.call('POST', `/api/v1/flows/${id}/stop?wait=10s`);
};

describe.concurrent('a message that brings its lane down becomes a dead letter after three stops', () => {
  it.each(['heap', 'parse', 'double', 'outside', 'loop', 'wait', 'really_exit', 'abort', 'babble'])(
    '%s',
    { timeout: 120_000 },
    async (deed) => becomesADeadLetter(deed, 'own'),
  );
});

describe('a message of a flow that shares its lane', { timeout: 120_000 }, () => {
  it('that brings it down becomes a dead letter too, and its neighbour goes on', async () =>
    becomesADeadLetter('segv'));

  it.each(['recursion', 'exit', 'talk'])('%s: is a dead letter at once, and the lane lives', async (deed) => {
    const id = `wicked-${deed}`;
    await deploy(flowWith(id));
    await inject(id, { n: 1 }, { n: 2, deed }, { n: 3 });
    await eventually('it is put aside', async () => {
      const { body } = await server.call('GET', `/api/v1/flows/${id}/dead-letters`);
      return (body as { total: number }).total === 1;
    });
    expect(server.output()).not.toMatch(new RegExp(`"lane ended".*"${id}"`));
    await server.call('POST', `/api/v1/flows/${id}/stop?wait=10s`);
  });
});

it.each(['later', 'rejected'])(
  '%s: what is thrown beside messages fails the flow that it came from alone',
  async (deed) => {
    const id = `beside-${deed}`;
    await deploy(flowWith(id, { delivery: 'live' }));
    const neighbour = (await statusOf('neighbour')).since;
    await inject(id, { deed });
    await eventually('it fails', async () => /thrown later|rejected later/.test((await statusOf(id)).sentence));
    await eventually('it comes back', async () => isRunning(id));
    expect(await statusOf('neighbour')).toMatchObject({ observed: 'running', since: neighbour });
    await server.call('POST', `/api/v1/flows/${id}/stop?wait=10s`);
  },
);

it('facts that cannot be told harm nobody', async () => {
  await deploy(flowWith('odd-facts', { facts: true, delivery: 'live' }));
  await deploy(flowWith('big-facts', { delivery: 'live' }));
  const before = await Promise.all(['neighbour', 'odd-facts', 'big-facts'].map(statusOf));
  // the facts of all flows of a lane are told together, so these were, too
  for (let round = 0; round < 2; round += 1) {
    const { facts } = (await statusOf('neighbour')).components[1]!;
    await eventually(
      'facts are told',
      async () => !isDeepStrictEqual((await statusOf('neighbour')).components[1]!.facts, facts),
    );
  }
  for (const { flow, since } of before) expect(await statusOf(flow)).toMatchObject({ observed: 'running', since });
  for (const id of ['odd-facts', 'big-facts']) {
    await server.call('POST', `/api/v1/flows/${id}/stop?wait=10s`);
  }
});

describe.concurrent('a flow that brings its lane down', { timeout: 120_000 }, () => {
  it.each(['segv', 'heap'])(
    '%s as it opens: stays stopped after some tries, says why, and can be started again',
    async (deed) => {
      const id = `opening-${deed}`;
      await deploy(flowWith(id, { open: deed, delivery: 'live' }));
      const { sentence } = await eventually(
        'it stays stopped',
        async () => {
          const status = await statusOf(id);
          return status.sentence.includes('stays stopped') && status;
        },
        100_000,
      );
      expect(sentence).toContain('broken down 5 times in a row');
      expect((await healthOf()).sentences.join('\n')).toContain(`${id}: ${sentence}`);
      expect(await isRunning('neighbour')).toBe(true);
      await server.call('POST', `/api/v1/flows/${id}/stop?wait=10s`);
      expect((await statusOf(id)).observed).toBe('stopped');
    },
  );
});

describe('a flow that does not close', { timeout: 60_000 }, () => {
  it.each(['segv', 'hang', 'loop', 'wait', 'pipe'])('%s: is ended all the same, in time', async (deed) => {
    const id = `closing-${deed}`;
    await deploy(flowWith(id, { close: deed, delivery: 'live' }));
    const from = performance.now();
    await server.call('POST', `/api/v1/flows/${id}/stop?wait=10s`);
    expect((await statusOf(id)).observed).toBe('stopped');
    expect(performance.now() - from).toBeLessThan(4000);
    await eventually('the neighbour goes on', async () => isRunning('neighbour'));
  });
});

describe('flows that block their lane as they open', { timeout: 120_000 }, () => {
  it('are named, each with its component, and cost a neighbour two pauses however many they are', async () => {
    const ids = ['wait', 'pipe', 'loop', 'wait'].map((deed, index) => `blocking-${deed}-${index}`);
    for (const id of ids)
      await server.call('POST', '/api/v1/flows', flowWith(id, { open: id.split('-')[1], delivery: 'live' }));
    const sinces = new Set<string>();
    const from = performance.now();
    await Promise.all(ids.map(async (id) => server.call('POST', `/api/v1/flows/${id}/deploy`)));
    await eventually(
      'all are named',
      async () => {
        const { observed, since } = await statusOf('neighbour');
        if (observed === 'running') sinces.add(since!);
        const sentences = await Promise.all(ids.map(async (id) => (await statusOf(id)).sentence));
        return sentences.every((sentence) => /“wicked”: it did not come back for \d/.test(sentence));
      },
      60_000,
    );
    expect(performance.now() - from).toBeLessThan(30_000);
    await eventually('the neighbour runs', async () => isRunning('neighbour'));
    sinces.add((await statusOf('neighbour')).since!);
    expect(sinces.size).toBeLessThanOrEqual(3);
    for (const id of ids) await server.call('POST', `/api/v1/flows/${id}/stop?wait=10s`);
  });
});

it('names a component that blocks the lane the first time that it does', { timeout: 60_000 }, async () => {
  await deploy(flowWith('first-time', { delivery: 'live' }));
  await inject('first-time', { deed: 'wait' });
  await eventually('it is named', async () =>
    (await statusOf('first-time')).sentence.includes('“wicked”: it did not come back'),
  );
  await eventually('it is logged', async () =>
    server.output().includes('"flow":"first-time","component":"wicked","cause":"stalled"'),
  );
  await server.call('POST', '/api/v1/flows/first-time/stop?wait=10s');
});

describe('a server that is killed', { timeout: 60_000 }, () => {
  const lanesOf = (id: number): number[] =>
    readFileSync(`/proc/${id}/task/${id}/children`, 'latin1')
      .trim()
      .split(' ')
      .map(Number)
      .filter((child) => child > 0 && readFileSync(`/proc/${child}/cmdline`, 'latin1').includes('lane-process'));
  const isThere = (id: number): boolean => {
    try {
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${id}/status`, 'latin1'));
    } catch {
      return false;
    }
  };

  it('takes its lanes with it, and one in a loop is ended by the next start before anything runs', async () => {
    const own = { ...settings, SEMSTREAMS_LANES_STALL_TIMEOUT: '1h' };
    const first = await startServer(own);
    const call = first.call;
    await eventually('it is ready', async () => (await call('GET', '/health/ready')).status === 200);
    for (const id of ['looping', 'calm']) {
      await call('POST', '/api/v1/flows', { ...flowWith(id, { delivery: 'live' }), lane: 'own' });
      await call('POST', `/api/v1/flows/${id}/deploy?wait=20s`);
    }
    const lanes = lanesOf(first.process.pid!);
    expect(lanes).toHaveLength(2);
    void call('POST', '/api/v1/flows/looping/components/source/inject', { payloads: [{ deed: 'loop' }] }).catch(
      () => undefined,
    );
    const notes = () =>
      readdirSync(join(first.dataDir, 'lanes'))
        .filter((name) => name.startsWith('own-looping'))
        .map((name) => readFileSync(join(first.dataDir, 'lanes', name), 'utf8'));
    await eventually('it is noted who is at work', async () => notes().some((text) => text.includes('looping')));
    await first.end('SIGKILL');
    await eventually('the calm one is gone', async () => lanes.filter(isThere).length === 1);
    const second = await startServer(own, first.dataDir);
    const after = async (id: string) => (await second.call('GET', `/api/v1/flows/${id}/status`)).body as FlowStatus;
    await eventually('both run again', async () =>
      ['looping', 'calm']
        .map(async (id) => (await after(id)).observed === 'running')
        .reduce(async (a, b) => (await a) && b),
    );
    expect(lanes.filter(isThere)).toEqual([]);
    const unclean = JSON.parse(readFileSync(join(first.dataDir, 'lanes', 'unclean.json'), 'utf8')) as object;
    expect(unclean).toMatchObject({ looping: { count: 1, sentence: 'the server ended while it was at work' } });
    expect(unclean).not.toHaveProperty('calm');
    expect(await second.end()).toBe(0);
  });
});
