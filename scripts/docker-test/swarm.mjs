import assert from 'node:assert/strict';
import { docker } from './engine.mjs';
import { deployFlow, runningFlow } from './flow.mjs';
import { images } from './image.mjs';
import { eventually, note, step } from './steps.mjs';

const stack = 'semstreams-test-stack';

/** The same services by Docker Swarm, on one node: how long an update leaves them away. Leaves a present swarm alone. */
export const swarm = async (installation) => {
  if (docker('info', '--format', '{{.Swarm.LocalNodeState}}') !== 'inactive')
    return note('  skipped: this engine is part of a swarm already');
  installation.compose('down');
  try {
    docker('swarm', 'init', '--advertise-addr', '127.0.0.1', '--listen-addr', '127.0.0.1:2377');
  } catch (thrown) {
    return note(`  skipped: this engine cannot be a swarm of its own (${thrown.message.split('\n').at(-1)})`);
  }
  const env = { HTTP_PORT: `${installation.ports.http}`, SEMSTREAMS_IMAGE: images.present };
  try {
    await step('the stack starts, with the password as a secret of the swarm', async () => {
      installation.shell('docker', ['secret', 'create', 'nats_password', '-'], { input: installation.password });
      const deploy = ['stack', 'deploy', '--resolve-image', 'never', '-c', 'docker/stack.yml', stack];
      installation.shell('docker', deploy, { env });
      await eventually(async () => (await installation.healthy()).status === 'healthy', 120_000);
      await deployFlow(installation);
    });

    await step('an update replaces the container, and the flow runs on', async () => {
      let lastAnswerAt = Date.now();
      let longestMs = 0;
      const watch = setInterval(() => {
        installation.ask('/health/live').then(
          () => {
            longestMs = Math.max(longestMs, Date.now() - lastAnswerAt);
            lastAnswerAt = Date.now();
          },
          () => undefined,
        );
      }, 50);
      try {
        docker('service', 'update', '-d', '--no-resolve-image', '--image', images.next, `${stack}_app`);
        await eventually(async () => (await installation.json('/health')).version.startsWith('v1.1.0'), 120_000);
      } finally {
        clearInterval(watch);
      }
      await runningFlow(installation);
      return `away for ${(longestMs / 1000).toFixed(1)} s`;
    });

    await step('and so does its rollback', async () => {
      docker('service', 'rollback', '-d', `${stack}_app`);
      await eventually(async () => (await installation.json('/health')).version.startsWith('v1.0.0'), 120_000);
      assert.equal((await runningFlow(installation)).observed, 'running');
    });
  } finally {
    docker('stack', 'rm', stack);
    await eventually(() => docker('ps', '-q', '--filter', `label=com.docker.stack.namespace=${stack}`) === '');
    docker('swarm', 'leave', '--force');
    for (const volume of ['nats-data', 'semstreams-data'])
      await eventually(() => docker('volume', 'rm', '-f', `${stack}_${volume}`) !== undefined);
    installation.compose('up', '-d', '--wait');
  }
};
