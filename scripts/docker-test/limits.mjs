import assert from 'node:assert/strict';
import { docker, inspect } from './engine.mjs';
import { step } from './steps.mjs';

const megabyte = 1024 ** 2;
const inServer = (installation, ...args) => docker('exec', installation.server, ...args);

/** That what the Compose file limits is limited, by the engine and as the processes see it. */
export const limits = async (installation) => {
  for (const [container, memory] of [
    [installation.server, 1024 * megabyte],
    [installation.nats, 512 * megabyte],
  ]) {
    const { HostConfig, Config } = inspect(container);
    await step(`${container} has at most ${memory / megabyte} MB and one processor`, () =>
      assert.deepEqual([HostConfig.Memory, HostConfig.NanoCpus], [memory, 1e9]),
    );
    await step(`${container} runs as 1000:1000, on a root that it cannot write, without capabilities`, () =>
      assert.deepEqual(
        [Config.User, HostConfig.ReadonlyRootfs, HostConfig.CapDrop, HostConfig.CapAdd, HostConfig.SecurityOpt],
        ['1000:1000', true, ['ALL'], null, ['no-new-privileges:true']],
      ),
    );
    await step(`${container} starts again by itself and keeps 30 MB of log`, () =>
      assert.deepEqual(
        [HostConfig.RestartPolicy.Name, HostConfig.LogConfig],
        ['unless-stopped', { Type: 'json-file', Config: { 'max-file': '3', 'max-size': '10m' } }],
      ),
    );
  }

  await step('the process itself sees the limits', () => {
    const status = inServer(installation, 'cat', '/proc/self/status');
    assert.match(status, /^CapEff:\s+0+$/m);
    assert.match(status, /^CapBnd:\s+0+$/m);
    assert.match(status, /^NoNewPrivs:\s+1$/m);
    assert.equal(inServer(installation, 'id', '-u'), '1000');
    const files = '/sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes';
    const seen = inServer(installation, 'sh', '-c', `cat ${files} 2>/dev/null || true`);
    assert.equal(Number(seen), 1024 * megabyte);
  });

  await step('it can write its data and /tmp, and nothing else', () => {
    inServer(installation, 'sh', '-c', 'touch /data/.probe /tmp/.probe && rm /data/.probe /tmp/.probe');
    for (const place of ['/app/probe', '/etc/probe', '/probe', '/certs/probe'])
      assert.throws(() => inServer(installation, 'touch', place), /Read-only|denied/, place);
  });

  await step('what wants more than the limit is ended, and the server goes on', async () => {
    const hog = 'const all = []; for (;;) all.push(Buffer.alloc(2 ** 24, 1))';
    assert.throws(() => inServer(installation, 'node', '-e', hog), /ended with 137/);
    await installation.healthy();
    assert.equal(inspect(installation.server).RestartCount, 0);
  });

  await step('JetStream is limited, and syncs what it stores', () => {
    const varz = JSON.parse(installation.compose('exec', '-T', 'nats', 'wget', '-qO-', 'http://127.0.0.1:8222/varz'));
    const { max_memory, max_storage, sync_always } = varz.jetstream.config;
    assert.deepEqual([max_memory, max_storage, sync_always], [64 * megabyte, 2048 * megabyte, true]);
  });

  await step('idle, both need little', () => {
    const used = [installation.server, installation.nats].map((container) => {
      const [number, unit] = /([\d.]+)([KMG]iB)/
        .exec(docker('stats', '--no-stream', '--format', '{{.MemUsage}}', container))
        .slice(1);
      return Number(number) * { KiB: 1 / 1024, MiB: 1, GiB: 1024 }[unit];
    });
    assert.ok(used[0] <= 120 && used[1] <= 25, used.join(', '));
    return `${Math.round(used[0])} MB and ${Math.round(used[1])} MB`;
  });
};
