import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { docker, inspect, logsOf } from './engine.mjs';
import { eventually, step } from './steps.mjs';

const id = 'docker-test';

/** Small, with something on disk to show for it, and stored in NATS on the way. */
const document = {
  id,
  name: 'Docker test',
  components: [
    { id: 'source', type: 'simulator_input', config: { rate: 50 } },
    { id: 'kept', type: 'file_output', config: { path: 'docker-test.ndjson' } },
  ],
  connections: [{ from: 'source', to: 'kept', delivery: 'guaranteed' }],
};

/** Makes and deploys the flow where it is not there. */
export const deployFlow = async (installation) => {
  const { status } = await installation.ask(`/api/v1/flows/${id}`);
  if (status === 404) await installation.json('/api/v1/flows', { method: 'POST', body: document });
  await installation.json(`/api/v1/flows/${id}/deploy?wait=10s`, { method: 'POST', body: {} });
  return runningFlow(installation);
};

/** Resolves with the flow's status when it runs and messages move. */
export const runningFlow = async (installation, options) =>
  eventually(async () => {
    const status = await installation.json(`/api/v1/flows/${id}/status`, options);
    const source = status.components.find((component) => component.id === 'source');
    return status.observed === 'running' && source?.out_total > 0 ? status : false;
  });

/** Node alone, not the init that runs it: the engine takes a container that it killed itself for one that was stopped. */
const killNode =
  'for p in /proc/[1-9]*; do [ "$(readlink $p/exe)" != /usr/local/bin/node ] || kill -9 ${p#/proc/}; done';

/** A flow through REST, and that it is there after all that can happen to containers. */
export const flow = async (installation) => {
  let version;
  await step('a flow is made and deployed through REST, and messages move', async () => {
    ({ version } = await deployFlow(installation));
    await eventually(
      () => Number(docker('exec', installation.server, 'sh', '-c', 'wc -l </data/docker-test.ndjson')) > 10,
    );
  });

  await step('its metrics are there', async () => {
    const { text } = await installation.ask('/metrics');
    const moved = new RegExp(`^semstreams_message_out_total\\{flow="${id}",component="source"\\} (\\d+)`, 'm').exec(
      text,
    );
    assert.ok(Number(moved?.[1]) > 0, 'no messages in the metrics');
    assert.match(text, new RegExp(`^semstreams_flow_state\\{flow="${id}",state="running"\\} 1`, 'm'));
  });

  const survives = (sentence, happens) =>
    step(sentence, async () => {
      await happens();
      assert.equal((await runningFlow(installation)).version, version);
    });

  await survives('after "restart" it runs as before', () => installation.compose('restart'));
  await survives('after "down" and "up" it runs as before', () => {
    installation.compose('down');
    installation.compose('up', '-d', '--wait');
  });
  await survives('a server that is killed comes back, and the flow with it', async () => {
    const before = inspect(installation.server).RestartCount;
    docker('exec', installation.server, 'sh', '-c', killNode);
    await eventually(() => inspect(installation.server).RestartCount > before);
  });
  await survives('a NATS that is away for a while is found again', async () => {
    docker('stop', installation.nats);
    await eventually(async () => {
      const { text } = await installation.ask('/health');
      return JSON.parse(text).components.nats !== 'connected';
    });
    docker('start', installation.nats);
    await installation.healthy();
  });

  await step('"stop" lets it drain and end in order', () => {
    installation.compose('stop', 'semstreams');
    const { ExitCode, OOMKilled } = inspect(installation.server).State;
    assert.deepEqual([ExitCode, OOMKilled], [0, false]);
    installation.compose('up', '-d', '--wait');
  });

  await step('logs are one JSON object a line, and hold no password', () => {
    const lines = logsOf(installation.server)
      .split('\n')
      .filter((line) => line.startsWith('{'));
    assert.ok(lines.length > 0);
    for (const line of lines) assert.ok(typeof JSON.parse(line).msg === 'string', line);
    for (const container of [installation.server, installation.nats])
      assert.ok(!logsOf(container).includes(installation.password), container);
  });

  await step('a broken config.json is named in the log', () => {
    const text = readFileSync(join(installation.folder, 'config.json'), 'utf8');
    const broken = text.replace('"log_level"', '"log_levle"');
    assert.throws(
      () =>
        docker(
          'run',
          '--rm',
          '-e',
          `CONFIG=${broken}`,
          '--entrypoint',
          'sh',
          inspect(installation.server).Config.Image,
          '-c',
          'echo "$CONFIG" >/tmp/c.json && semstreams config --check /tmp/c.json',
        ),
      /"log_levle" is not known here; did you mean "log_level"/,
    );
  });
};
