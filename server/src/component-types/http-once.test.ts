import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { rehearse, type Rehearsal, until } from '../component-kit/testing/rehearsal.ts';
import { decodeBlock } from '../engine/block.ts';
import { connectionTrial, numbered } from '../engine/connection-trial.ts';
import { TransientFault } from '../engine/fault.ts';
import { MemoryLog } from '../engine/memory-log.ts';
import type { Batch } from '../engine/message.ts';
import { seeded } from './inputs/simulator-input/simulator-input.ts';
import { httpInput } from './inputs/http-input/http-input.component.ts';
import { httpOutput } from './outputs/http-output/http-output.component.ts';

/** Two locations that are joined by HTTP, over lines that are cut whenever it is worst, and either of which is killed. */
const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

/** A line between them that can be cut; `target` is where it leads at present. */
const cuttable = async () => {
  const lines = new Set<Socket>();
  let target = 0;
  const server = createServer((socket) => {
    const far = connect(target, '127.0.0.1');
    for (const each of [socket, far]) {
      lines.add(each);
      each.on('error', () => undefined);
      each.on('close', () => {
        socket.destroy();
        far.destroy();
        lines.delete(each);
      });
    }
    socket.pipe(far).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => lines.forEach((line) => line.destroy());
  ended.push(() => {
    cut();
    return new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    leadTo: (port: number): void => {
      cut();
      target = port;
    },
  };
};

/** The sending location in one of its lives: what its buffer keeps goes out, and is tried again by itself. */
const sender = async (
  log: MemoryLog,
  url: string,
): Promise<{ readonly append: (batch: Batch) => Promise<void>; kill(): void }> => {
  const trial = connectionTrial(log, { isNumbered: true });
  const output = rehearse(httpOutput, { url, format: 'json_lines', batch: 7 });
  await output.open();
  let isDead = false;
  const deliver = async (batch: Batch): Promise<void> => {
    for (;;) {
      try {
        await output.deliver(batch);
        return;
      } catch (thrown) {
        if (isDead) return new Promise(() => undefined);
        const all = thrown as { readonly failed?: ReadonlyMap<number, Error> };
        const faults = all.failed ? [...all.failed.values()] : [thrown];
        if (!faults.every((each) => each instanceof TransientFault)) throw thrown;
        const at = all.failed ? Math.min(...all.failed.keys()) : 0;
        batch = batch.slice(at);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
  };
  trial.deliver(deliver).catch(() => undefined);
  ended.push(() => output.close());
  return {
    append: async (batch) => trial.connection.append(batch),
    kill: () => {
      isDead = true;
      trial.kill();
      void output.close();
    },
  };
};

/** The receiving location in one of its lives: what comes is kept by its first buffer. */
const receiver = async (log: MemoryLog): Promise<{ readonly input: Rehearsal; kill(): void }> => {
  const trial = connectionTrial(log);
  let isDead = false;
  const input = rehearse(
    httpInput,
    { host: '127.0.0.1', port: 0, format: 'json_lines' },
    {
      emit: async (batch) => {
        if (isDead) return new Promise(() => undefined);
        await new Promise((resolve) => setImmediate(resolve));
        await trial.connection.append(batch).catch(async () => new Promise(() => undefined));
        if (isDead) return new Promise(() => undefined);
        return undefined;
      },
    },
  );
  await input.open();
  return {
    input,
    kill: () => {
      isDead = true;
      trial.kill();
      void input.close();
    },
  };
};

const keptBy = async (log: MemoryLog): Promise<unknown[]> => {
  const { first, last } = await log.state();
  const kept: unknown[] = [];
  for (let at = first; at <= last; at += 1) {
    const bytes = await log.read(at);
    if (bytes) kept.push(...decodeBlock(bytes).messages.map(({ payload }) => payload));
  }
  return kept;
};

it.each([1, 2, 3, 4])(
  'each message comes once, in order, whatever is cut and killed (seed %i)',
  { timeout: 120_000 },
  async (seed) => {
    const random = seeded(seed);
    const [sent, taken] = [new MemoryLog(), new MemoryLog()];
    const line = await cuttable();
    let there = await receiver(taken);
    line.leadTo(Number(there.input.facts()['listening']));
    let here = await sender(sent, `http://127.0.0.1:${line.port}/`);
    const count = 600;
    let [killed, cuts] = [0, 0];
    for (let from = 0; from < count;) {
      const to = Math.min(count, from + 1 + Math.floor(random() * 20));
      await here.append(numbered(from, to));
      from = to;
      const what = random();
      if (what < 0.1) {
        there.kill();
        there = await receiver(taken);
        line.leadTo(Number(there.input.facts()['listening']));
        killed += 1;
      } else if (what < 0.2) {
        here.kill();
        here = await sender(sent, `http://127.0.0.1:${line.port}/`);
        killed += 1;
      } else if (what < 0.6) {
        for (let turns = Math.floor(random() * 12); turns > 0; turns -= 1)
          await new Promise((resolve) => setImmediate(resolve));
        line.cut();
        cuts += 1;
      }
    }
    let kept: unknown[] = [];
    await until('the last one is kept', () => {
      void keptBy(taken).then((now) => (kept = now));
      return kept.includes(count - 1);
    });
    expect(await keptBy(taken)).toEqual(numbered(0, count).map(({ payload }) => payload));
    expect([killed > 2, cuts > 10]).toEqual([true, true]);
    here.kill();
    there.kill();
  },
);

it('a request with a key that was kept, but not answered before a kill, comes once when it comes again', async () => {
  const log = new MemoryLog();
  const send = async (port: number): Promise<number> =>
    fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'idempotency-key': 'order-7', 'content-type': 'application/x-ndjson' },
      body: '{"n":1}\n{"n":2}\n',
      signal: AbortSignal.timeout(20_000),
    }).then(
      ({ status }) => status,
      () => 0,
    );
  const first = connectionTrial(log);
  const silent = rehearse(
    httpInput,
    { host: '127.0.0.1', port: 0, format: 'json_lines', timeout: '100ms' },
    {
      emit: async (batch) => {
        await first.connection.append(batch);
        return new Promise(() => undefined);
      },
    },
  );
  await silent.open();
  expect(await send(Number(silent.facts()['listening']))).toBe(503);
  first.kill();
  void silent.close();
  const there = await receiver(log);
  expect(await send(Number(there.input.facts()['listening']))).toBe(202);
  expect(await keptBy(log)).toEqual([{ n: 1 }, { n: 2 }]);
  there.kill();
});
