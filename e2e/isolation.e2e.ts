import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { Refused, type Rest } from './rest.ts';
import { expect, test } from './test.ts';
import { until } from './until.ts';

const ownTypes = join(import.meta.dirname, 'component-types');

const numbers = {
  id: 'numbers',
  type: 'simulator_input',
  config: { rate: 100, fields: [{ kind: 'counter', field: 'number' }] },
};
const log = (path: string) => ({ id: 'log', type: 'file_output', config: { path } });
const out = (port: number) => ({
  id: 'out',
  type: 'websocket_output',
  config: { host: '127.0.0.1', port, when_away: 'drop' },
});

test('a flow that never comes back harms nobody else, and is named', async ({ startInstance, receive }) => {
  const server = await startInstance({ COMPONENTS_DIR: ownTypes });
  const { rest } = server;
  const port = await freePort();
  await rest.run({ id: 'elsewhere', lane: 'own', components: [numbers, out(port)] });
  await rest.run({ id: 'neighbour', components: [numbers, log('neighbour.ndjson')] });
  await rest.run({
    id: 'culprit',
    components: [numbers, { id: 'wheel', type: 'spinner', name: 'Wheel' }, log('culprit.ndjson')],
  });
  const receiver = await receive(`ws://127.0.0.1:${port}`);
  const before = { elsewhere: await rest.status('elsewhere'), neighbour: await rest.status('neighbour') };
  await until('numbers arrive', () => receiver.texts.length > 10);

  const injected = rest.inject('culprit', 'wheel', [{ spin: true }]).catch((thrown: unknown) => thrown);
  const named = await whileAsking(rest, () =>
    until('the culprit is named', async () => {
      const { sentence } = await rest.status('culprit');
      return sentence.includes('“Wheel”') && sentence.includes('did not come back') && sentence;
    }),
  );
  expect(named).toMatch(/tried again|Starting again/);
  const line = '"flow":"culprit","component":"wheel","cause":"stalled"';
  await until('the log names it, too', () => server.output.includes(line));
  expect(await injected).toBeInstanceOf(Refused);

  await until('the neighbour runs again', async () => {
    const status = await rest.status('neighbour');
    return status.observed === 'running' && status.since! > before.neighbour.since! && status;
  });
  await rest.running('culprit');
  const heard = receiver.texts.length;
  await until('numbers go on elsewhere', () => receiver.texts.length > heard + 50);
  const received = receiver.payloads.map((payload) => (payload as { number: number }).number);
  expect(received).toEqual(received.map((_, index) => received[0]! + index));
  expect((await rest.status('elsewhere')).since).toBe(before.elsewhere.since);
});

/** Asks for the health again and again while `work` goes on; every single time it must be answered. */
const whileAsking = async <Result>(rest: Rest, work: () => Promise<Result>): Promise<Result> => {
  let isDone = false;
  const result = work().finally(() => (isDone = true));
  let answers = 0;
  while (!isDone) {
    const response = await fetch(`${rest.address}/health`, { signal: AbortSignal.timeout(5000) });
    expect(response.status).toBe(200);
    answers += 1;
  }
  expect(answers).toBeGreaterThan(1);
  return result;
};
