import assert from 'node:assert/strict';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect, logsOf } from './engine.mjs';
import { step } from './steps.mjs';

/** The password from a file: then not even `docker inspect` of the container shows it. */
export const secrets = async (installation) => {
  await step('with the password in a file, no container shows it', async () => {
    const file = join(installation.folder, 'secrets', 'nats_password');
    mkdirSync(join(installation.folder, 'secrets'), { recursive: true });
    writeFileSync(file, `${installation.password}\n`, { mode: 0o400 });
    if (process.getuid() === 0) chownSync(file, 1000, 1000);
    installation.configure({
      COMPOSE_FILE: 'docker-compose.yml:docker/docker-compose.secrets.yml',
      NATS_PASSWORD: 'unused',
    });
    installation.compose('up', '-d', '--wait');
    await installation.healthy();
    for (const container of [installation.server, installation.nats]) {
      const { Config } = inspect(container);
      assert.ok(!JSON.stringify(Config).includes(installation.password), container);
      assert.ok(!Config.Env.some((line) => /PASSWORD=/.test(line)), Config.Env.join(' '));
      assert.ok(!logsOf(container).includes(installation.password), container);
    }
  });

  await step('and with one in .env again', async () => {
    installation.configure();
    installation.compose('up', '-d', '--wait');
    await installation.healthy();
  });
};
