import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowDocument } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { signal } from '../harness/faults-of-any.ts';
import { figures, inForm, seed } from '../harness/form.ts';
import { Ledger } from '../harness/ledger.ts';
import { Line } from '../harness/line.ts';
import { disorderOf, numbersIn } from '../harness/lines-of-file.ts';
import { freePort } from '../harness/ports.ts';
import { lanesOf } from '../harness/processes.ts';
import { Product } from '../harness/product.ts';
import { randomFrom } from '../harness/random-from.ts';
import { until } from '../harness/until.ts';

/** Holds all that is sent: the ledger is away until the end. */
const roomy = { max_bytes: inForm({ short: '256MB', long: '2GB' }), when_full: 'block' } as const;
const settings = { SEMSTREAMS_LANES_MOST_UNCLEAN_ENDS: '1000' };
/** It goes on for so long, in milliseconds, so many faults and so many acknowledged numbers, but for no longer than this beyond that. */
const chaosMs = inForm({ short: 25_000, long: 0 });
const least = inForm({ short: { faults: 0, acknowledged: 3000 }, long: { faults: 500, acknowledged: 5_000_000 } });
const longestMs = inForm({ short: 20_000, long: 3 * 3_600_000 });
const timeoutMs = inForm({ short: 300_000, long: 4 * 3_600_000 });
/** Numbers a second. */
const rate = inForm({ short: 1000, long: 5000 });

/** Location A: numbers into a buffer, and from there to all who connect. */
const sendingFlow = (port: number, version: number): FlowDocument & { readonly id: string } => ({
  id: 'sending',
  name: 'Sending',
  components: [
    { id: 'source', type: 'silent_input' },
    { id: 'real', type: 'json_filter', config: { rules: [{ field: 'n', operator: 'gte' as const, value: -version }] } },
    {
      id: 'far',
      type: 'websocket_output',
      config: { port, host: '127.0.0.1', ping_interval: '1s', forget_beyond: '2GB' },
    },
  ],
  connections: [
    { from: 'source', to: 'real' },
    { from: 'real.out', to: 'far', delivery: 'guaranteed' as const, buffer: roomy },
  ],
});

/** Location B: from A into a buffer, and from there to a file, or to a ledger. */
const receivingFlow = (
  id: string,
  linePort: number,
  output: { readonly type: string; readonly config: Record<string, unknown> },
  version: number,
): FlowDocument & { readonly id: string } => ({
  id,
  name: id,
  components: [
    { id: 'near', type: 'websocket_input', config: { url: `ws://127.0.0.1:${linePort}`, name: id, silence: '1s' } },
    { id: 'real', type: 'json_filter', config: { rules: [{ field: 'n', operator: 'gte' as const, value: -version }] } },
    { id: 'end', ...output },
  ],
  connections: [
    { from: 'near', to: 'real' },
    { from: 'real.out', to: 'end', delivery: 'guaranteed' as const, buffer: roomy },
  ],
});

/** Sends numbers, each once: of a batch whose answer is lost it is not known whether it was taken. */
const sendOnce = (product: Product) => {
  const acknowledged: number[] = [];
  let next = 0;
  let isStopped = false;
  const work = async (): Promise<void> => {
    while (!isStopped) {
      const batch = Array.from({ length: rate / 10 }, () => (next += 1));
      await product
        .inject(
          'sending',
          'source',
          batch.map((n) => ({ n })),
        )
        .then(() => acknowledged.push(...batch))
        .catch(() => undefined);
      await sleep(100);
    }
  };
  const done = work();
  return {
    acknowledged,
    stop: async (): Promise<void> => {
      isStopped = true;
      await done;
    },
  };
};

it(
  `a link loses nothing, doubles nothing and keeps order, whatever is killed, frozen and cut: seed ${seed}`,
  async () => {
    const random = randomFrom(seed);
    const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!;
    const a = await Product.started({ settings });
    const b = await Product.started({ settings });
    const ledger = await Ledger.open();
    await ledger.goAway();
    const port = await freePort();
    const line = await Line.to(port);
    const outputs = {
      exact: { type: 'ledger_output', config: { port: ledger.port } },
      file: { type: 'file_output', config: { path: 'numbers.ndjson', max_size: '0B', max_age: '0s' } },
    };
    const deployB = async (name: keyof typeof outputs, version: number): Promise<void> =>
      b.deploy(receivingFlow(name, line.port, outputs[name], version));
    await a.deploy(sendingFlow(port, 0));
    await deployB('exact', 0);
    await deployB('file', 0);
    // a name has a place from the moment on at which it is known
    await until('both are connected', async () => {
      const { components } = await a.status('sending');
      const known = (components.at(-1)!.facts?.['far_sides'] ?? []) as readonly { readonly is_there: boolean }[];
      return known.filter((each) => each.is_there).length === 2;
    });
    const sender = sendOnce(a);

    const freeze = async (product: Product, ms: number): Promise<void> => {
      const frozen = [product.processId, ...lanesOf(product.processId), product.brokerId];
      for (const id of frozen) signal(id, 'SIGSTOP');
      await sleep(ms);
      for (const id of frozen) signal(id, 'SIGCONT');
    };
    const restart = async (product: Product): Promise<void> => {
      await product.kill();
      await product.start();
    };
    const faults: Record<string, (product: Product) => Promise<void>> = {
      'server killed': restart,
      'nats-server killed': async (product) => product.killBroker(),
      'server and nats-server killed': async (product) => {
        await Promise.all([product.kill(), product.killBroker()]);
        await product.start();
      },
      'lane killed': async (product) => signal(pick([...lanesOf(product.processId), 0x7ffffff]), 'SIGKILL'),
      frozen: async (product) => freeze(product, 500 + random() * 3500),
      'frozen, then killed': async (product) => {
        await freeze(product, 100 + random() * 1000);
        await restart(product);
      },
      'ended and started': async (product) => {
        await product.stop();
        await product.start();
      },
      'line cut': async () => line.cut(),
      'line half open': async () => line.cutHalf(pick(['client', 'far'] as const)),
      'line silent': async () => {
        const letGo = line.hold();
        await sleep(500 + random() * 4000);
        letGo();
      },
      redeployed: async (product) => {
        const version = Math.floor(random() * 1e6);
        if (product === a) await a.deploy(sendingFlow(port, version)).catch(() => undefined);
        else await deployB(pick(['exact', 'file'] as const), version).catch(() => undefined);
      },
    };

    const until_ = performance.now() + chaosMs;
    const done: string[] = [];
    const hasEnough = (): boolean => sender.acknowledged.length >= least.acknowledged && done.length >= least.faults;
    while (performance.now() < until_ || (!hasEnough() && performance.now() < until_ + longestMs)) {
      const name = pick(Object.keys(faults));
      const product = pick([a, b]);
      done.push(`${product === a ? 'A' : 'B'} ${name}`);
      await faults[name]!(product);
      await sleep(random() * inForm({ short: 800, long: 4000 }));
    }

    await sender.stop();
    for (const [product, flow] of [
      [a, 'sending'],
      [b, 'exact'],
      [b, 'file'],
    ] as const)
      await product.untilRuns(flow);
    const { acknowledged } = sender;
    await ledger.comeBack();
    const path = join(b.dataDir, 'numbers.ndjson');
    const missingIn = (arrived: ReadonlySet<number>) => acknowledged.filter((number) => !arrived.has(number));
    let seen = '';
    await until(
      'all have arrived',
      () => {
        const inFile = missingIn(new Set(numbersIn(path)));
        const inLedger = acknowledged.filter((number) => !ledger.has(number));
        seen = `missing in the file ${inFile.length} (${inFile[0]} …), in the ledger ${inLedger.length} (${inLedger[0]} …)`;
        return inFile.length === 0 && inLedger.length === 0;
      },
      inForm({ short: 60_000, long: 600_000 }),
    ).catch(async (thrown: unknown) => {
      const found = await Promise.all([a.status('sending'), b.status('exact'), b.status('file')]);
      const counts = found.map(({ sentence, components, connections }) => ({ sentence, components, connections }));
      throw new Error(`${String(thrown)}: ${seen}; ${done.join(', ')}; ${JSON.stringify(counts)}`);
    });
    const account = ledger.account(acknowledged);
    const disorder = disorderOf(numbersIn(path));
    figures('links', {
      faults: done.length,
      acknowledged: acknowledged.length,
      ...account,
      'disorder in the file': disorder,
    });
    expect(acknowledged.length).toBeGreaterThan(0);
    expect({ ...account, disorder, faults: done }).toEqual({ lost: 0, doubles: 0, disorder: 0, faults: done });
  },
  timeoutMs,
);
