import { readFileSync, rmSync } from 'node:fs';
import type { FlowPage } from './flow-list.ts';
import type { FlowStatus, Health } from '@semstreams/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucketStream } from '../nats/storage/bucket-config.ts';
import { byHand } from '../nats/peek.ts';
import { type Answer, eventually, type RunningServer, startServer } from '../running-server.ts';

const flows = '/api/v1/flows';
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const document = (id: string, rate = 5) => ({
  id,
  name: `Flow ${id}`,
  components: [
    { id: 'source', type: 'simulator_input', config: { rate } },
    { id: 'file', type: 'file_output', config: { path: `${id}.ndjson` } },
  ],
});

const keyIn = (bucket: string, id: string) => `$KV.${bucket}.${id}${bucket === 'semstreams_versions' ? '.1' : ''}`;
type Damage = (bucket: string, id: string) => Parameters<typeof byHand>[1];
const written =
  (bytes: string): Damage =>
  (bucket, id) =>
  async (_, nats) => {
    nats.publish(keyIn(bucket, id), bytes);
    await nats.flush();
  };
const damages: Readonly<Record<string, Damage>> = {
  'an entry that is no JSON': written('garbage'),
  'an entry that is empty': written(''),
  'an entry of another shape': written('[1, 2, 3]'),
  'an entry of a newer version': written(
    '{"flow":"x","version":1,"desired":"running","changed_at":"2026-01-01T00:00:00Z","priority":3}',
  ),
  'an entry of a megabyte of junk': written('\u0000\u00ff'.repeat(300_000)),
  'an entry that belongs to another flow': written(JSON.stringify(document('another'))),
  'an entry deeply nested': written('['.repeat(100_000)),
  'an entry that was taken away':
    (bucket, id) =>
    async ({ streams }) =>
      streams.purge(bucketStream(bucket), { filter: keyIn(bucket, id) }),
  'a purged bucket':
    (bucket) =>
    async ({ streams }) =>
      streams.purge(bucketStream(bucket)),
  'a deleted bucket':
    (bucket) =>
    async ({ streams }) =>
      streams.delete(bucketStream(bucket)),
  'a bucket that keeps less':
    (bucket) =>
    async ({ streams }) =>
      streams.update(bucketStream(bucket), { max_msgs_per_subject: 5, max_age: 3_600_000_000_000, max_msg_size: 10 }),
  'a bucket without direct reads':
    (bucket) =>
    async ({ streams }) =>
      streams.update(bucketStream(bucket), { allow_direct: false }),
};
const buckets = ['semstreams_flows', 'semstreams_versions', 'semstreams_deployments'] as const;

/** What people do with a flow that is in trouble, in the order in which it leads out of it. */
const outOfTrouble = async (server: RunningServer, id: string): Promise<Answer[]> => {
  const answers: Answer[] = [];
  const call = async (...args: Parameters<RunningServer['call']>) => {
    const answer = await server.call(...args);
    answers.push(answer);
    return answer;
  };
  await call('GET', flows);
  await call('GET', `${flows}/${id}`);
  await call('GET', `${flows}/${id}/status`);
  await call('GET', `${flows}/${id}/versions`);
  await call('GET', `${flows}/${id}/versions/1`);
  await call('POST', `${flows}/${id}/start?wait=3s`);
  await call('POST', `${flows}/${id}/stop?wait=3s`);
  await call('POST', `${flows}/${id}/restore`, {});
  const draft = await call('GET', `${flows}/${id}`);
  await call('PUT', `${flows}/${id}`, document(id, 6), { 'if-match': draft.headers.get('etag') ?? '"1"' });
  await call('POST', `${flows}/${id}/deploy?wait=3s`);
  await call('POST', `${flows}/${id}/stop?wait=3s`);
  await call('DELETE', `${flows}/${id}`);
  return answers;
};
const expectSane = (answers: readonly Answer[]) => {
  for (const { status, headers } of answers) {
    expect(status).not.toBe(500);
    if (status >= 400) expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  }
};
const listed = async (server: RunningServer) => (await server.call('GET', flows)).body as FlowPage;
const deploy = async (server: RunningServer, id: string) => {
  await server.call('POST', flows, document(id));
  expect(await server.call('POST', `${flows}/${id}/deploy?wait=10s`)).toMatchObject({ status: 202 });
};
/** CPU time of a process in seconds. */
const cpuOf = ({ process }: RunningServer): number => {
  const fields = readFileSync(`/proc/${process.pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

describe('while the server runs', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer();
    folders.push(server.dataDir);
  }, 60_000);
  afterAll(async () => void (await server.end()));

  let count = 0;
  it.each(buckets.flatMap((bucket) => Object.keys(damages).map((damage) => [damage, bucket] as const)))(
    '%s in %s leaves a flow that can be stopped, restored, deployed and deleted',
    async (damage, bucket) => {
      const id = `case-${(count += 1)}`;
      await deploy(server, id);
      await byHand(server.dataDir, damages[damage]!(bucket, id));
      expect((await listed(server)).items.map((item) => item.id)).toContain(id);
      expectSane([await server.call('GET', `${flows}/${id}/status`)]);
      const answers = await outOfTrouble(server, id);
      expectSane(answers);
      expect(answers.slice(-6).map(({ status }) => status)).toEqual([200, 200, 200, 202, 202, 204]);
      expect((await listed(server)).items).toEqual([]);
    },
    20_000,
  );

  it('nothing of that was a failure of the server, or keeps it busy', async () => {
    expect(server.output()).not.toContain('a request failed');
    const before = cpuOf(server);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(cpuOf(server) - before).toBeLessThan(0.5);
  });

  it('a flow whose draft is gone is named, and its draft can be made again from what runs', async () => {
    await deploy(server, 'adopted');
    await byHand(server.dataDir, async ({ streams }) => {
      await streams.delete(bucketStream('semstreams_flows'));
      await streams.delete(bucketStream('semstreams_versions'));
    });
    await eventually('the flow to be named', async () => {
      const { body } = await server.call('GET', '/health');
      return (body as Health).sentences.some((sentence) => /^flow "adopted": its draft is gone/.test(sentence));
    });
    expect(((await server.call('GET', '/health')).body as Health).sentences).toContainEqual(
      expect.stringMatching(/^semstreams_flows: the bucket was missing and has been made again/),
    );
    expect(await server.call('GET', `${flows}/adopted/status`)).toMatchObject({ body: { observed: 'running' } });
    expect((await listed(server)).items).toMatchObject([
      { id: 'adopted', deployed_version: 1, damaged: expect.stringContaining('its draft is gone') },
    ]);
    const adopted = await server.call('POST', `${flows}/adopted/restore`, {});
    expect(adopted).toMatchObject({ status: 200, body: document('adopted') });
    expect((await listed(server)).items[0]).not.toHaveProperty('damaged');
    const { body } = await server.call('POST', `${flows}/adopted/deploy?wait=10s`);
    expect(body).toMatchObject({ version: 2 });
    await server.call('POST', `${flows}/adopted/stop?wait=10s`);
    await server.call('DELETE', `${flows}/adopted`);
  }, 30_000);

  it('goes on with what should run when the bucket of deployments is deleted, over a restart too', async () => {
    await deploy(server, 'goes-on');
    await byHand(server.dataDir, async ({ streams }) => streams.delete(bucketStream('semstreams_deployments')));
    await eventually('the deployment to be written again', async () =>
      (await listed(server)).items.some(({ deployed_version }) => deployed_version === 1),
    );
    const { dataDir } = server;
    await server.end();
    server = await startServer({}, dataDir);
    await eventually('the flow to run again', async () => {
      const { body } = await server.call('GET', `${flows}/goes-on/status`);
      return (body as FlowStatus).observed === 'running';
    });
  }, 30_000);
});

describe('while the server is down', () => {
  it.each(
    buckets.flatMap((bucket) =>
      ['entries', 'a deleted bucket', 'a purged bucket'].map((damage) => [damage, bucket] as const),
    ),
  )(
    'damage to %s of %s leaves flows that can be stopped, restored, deployed and deleted',
    async (damage, bucket) => {
      const first = await startServer();
      folders.push(first.dataDir);
      const named =
        damage === 'entries' ? Object.keys(damages).filter((name) => name.startsWith('an entry')) : [damage];
      const ids = named.map((_, index) => `case-${index}`);
      for (const id of ids) await deploy(first, id);
      // as soon as the server is gone its nats-server is too: it is damaged in the last moment
      for (const [index, name] of named.entries()) {
        first.process.kill('SIGSTOP');
        await byHand(first.dataDir, damages[name]!(bucket, ids[index]!));
      }
      await first.end('SIGKILL');
      const server = await startServer({}, first.dataDir);
      await eventually('the server to know its flows', async () => {
        const { body } = await server.call('GET', '/health');
        return (
          (body as Health).components['nats'] === 'connected' && (body as Health).components['flows'] !== 'starting'
        );
      });
      for (const id of ids) {
        const answers = await outOfTrouble(server, id);
        expectSane(answers);
        expect(answers.at(-1)!.status).toBe(204);
      }
      expect((await listed(server)).items).toEqual([]);
      expect(server.output()).not.toContain('a request failed');
      await server.end();
    },
    60_000,
  );
});
