import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PlaceKeeper } from '../../../component-kit/files/place-keeper.ts';
import { eventually, type RunningServer, startServer } from '../../../running-server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
}, 120_000);
afterAll(async () => {
  await server.end('SIGKILL');
});

const path = (name: string): string => join(server.dataDir, name);
const deploy = async (id: string, input: object, output: object): Promise<void> => {
  await server.call('POST', '/api/v1/flows', {
    id,
    components: [
      { id: 'in', type: 'file_input', config: input },
      { id: 'out', type: 'file_output', config: { max_size: '0B', max_age: '0s', ...output } },
    ],
    connections: [{ from: 'in', to: 'out', delivery: 'guaranteed' }],
  });
  await server.call('POST', `/api/v1/flows/${id}/deploy?wait=10s`);
};
const statusOf = async (id: string): Promise<{ observed: string; sentence: string }> =>
  (await server.call('GET', `/api/v1/flows/${id}/status`)).body as { observed: string; sentence: string };
const numbersIn = (name: string): number[] =>
  existsSync(path(name))
    ? readFileSync(path(name), 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as { n: number }).n)
    : [];
/** How many lines a flow noted as handed on, once the lane that its server left behind is gone. */
const notedLines = async (flow: string): Promise<number> => {
  await eventually('the lane ends', async () =>
    Promise.resolve(!readdirSync(path('lanes')).some((name) => name.endsWith('.lane'))),
  );
  const keeper = new PlaceKeeper({ dataDir: server.dataDir, flow, component: 'in' });
  const place = await keeper.open();
  await keeper.close();
  return place === undefined ? 0 : place.lines + place.skip;
};

it('follows a file over kill -9, stops and starts: no line is lost, and none comes twice that was acknowledged', async () => {
  let written = 0;
  const add = (count: number): void => {
    const from = written;
    written += count;
    const lines = Array.from({ length: count }, (_, n) => `{"n":${from + n},"text":"some more of it"}\n`);
    appendFileSync(path('app.log'), lines.join(''));
  };
  writeFileSync(path('app.log'), '');
  await deploy('follow', { path: 'app.log', mode: 'tail' }, { path: 'followed' });
  for (let turns = 0; turns < 100; turns += 1) {
    add(20);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await server.end('SIGKILL');
  const noted = await notedLines('follow');
  const before = numbersIn('followed').length;
  add(300);
  server = await startServer({}, server.dataDir);
  for (let stops = 0; stops < 2; stops += 1) {
    await server.call('POST', '/api/v1/flows/follow/stop?wait=10s');
    add(300);
    await server.call('POST', '/api/v1/flows/follow/start?wait=10s');
    add(10);
  }
  await eventually('all lines', async () => Promise.resolve(new Set(numbersIn('followed')).size === written));
  const numbers = numbersIn('followed');
  const oneBatch = 500;
  // what was written into the other file, and not yet forgotten by the connection, comes again, too: that is not read twice
  const readTwice = numbers.filter((n, at) => at >= before && n >= noted && numbers.indexOf(n) < at);
  expect(readTwice.length).toBeLessThanOrEqual(oneBatch);
  expect(numbers.filter((n, at) => at > 0 && n > numbers[at - 1]! + 1)).toEqual([]);
}, 60_000);

it('is not held up by pipes into which nobody writes, and says what they are', async () => {
  for (let n = 0; n < 5; n += 1) {
    execFileSync('mkfifo', [path(`pipe-${n}`)]);
    const id = `pipe-${n}`;
    await deploy(id, { path: id, mode: n % 2 === 0 ? 'once' : 'tail' }, { path: `from-${id}` });
    // a file is opened when the flow runs
    await eventually(`${id} is refused`, async () => (await statusOf(id)).observed === 'failed');
    expect((await statusOf(id)).sentence).toContain('is a pipe: only ordinary files');
  }
  writeFileSync(path('rows'), '{"n":1}\n');
  await deploy('rows', { path: 'rows' }, { path: 'rows-read' });
  await eventually('the other flow', async () => Promise.resolve(numbersIn('rows-read').length === 1));
}, 60_000);

it('lets a file have one writer, whichever flow it is, and names it', async () => {
  writeFileSync(path('none'), '');
  await deploy('one', { path: 'none' }, { path: 'both/log.ndjson' });
  await deploy('two', { path: 'none' }, { path: './both/log.ndjson' });
  const [one, two] = [await statusOf('one'), await statusOf('two')];
  expect([one.observed, two.observed, two.sentence]).toEqual([
    'running',
    'failed',
    expect.stringMatching(/both\/log\.ndjson" is written by "out" of the flow "one" already/),
  ]);
}, 60_000);

it('ends in time whatever files it has', async () => {
  expect(await server.end()).toBe(0);
});
