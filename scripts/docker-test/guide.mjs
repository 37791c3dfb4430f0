import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commands } from '../../docs/commands.mjs';
import { commandsIn } from '../documented/commands-in.mjs';
import { Terminal } from '../documented/terminal.mjs';
import { root } from '../setup/root.mjs';
import { docker } from './engine.mjs';
import { deployFlow, runningFlow } from './flow.mjs';
import { images, sourceDate } from './image.mjs';
import { step } from './steps.mjs';

/** Types docs/deployment.md from its first command to its last, and what else the docs type into containers. */
export const guide = async (installation) => {
  await installation.layOut();
  rmSync(installation.folder, { recursive: true });
  const terminal = new Terminal({ folder: root, env: installation.environment, rewrite: namesFor(installation) });
  const happens = happeningsOf(installation);

  for (const page of ['docs/deployment.md', 'docs/operations.md'])
    for (const { command } of commandsIn(readFileSync(join(root, page), 'utf8'))) {
      const entry = commands[page][command];
      if (entry?.where !== 'docker') continue;
      await step(`${page}: ${command}`, async () => {
        await happens[entry.before]?.();
        terminal.type(command, entry);
        await happens[entry.after]?.();
      });
    }

  await step('what was taken over from the other nats-server runs', async () => {
    assert.equal((await runningFlow(installation)).observed, 'running');
  });
  await installation.layOut();
  installation.configure();
  installation.compose('up', '-d', '--wait');
};

/** Names of the pages, and what they are on this machine; the image is the one that was built before, by the cache. */
const namesFor = (installation) => {
  const { folder, ports } = installation;
  const backups = join(dirname(folder), 'backups');
  const newest = () =>
    join(
      backups,
      readdirSync(backups)
        .filter((name) => /^\d/.test(name))
        .sort()
        .at(-1),
    );
  return [
    ['docker build ', 'docker build -q --network host '],
    ['ghcr.io/c360/semstreams:v0.1.0', images.present],
    ['VERSION=v0.1.0', 'VERSION=v1.0.0'],
    ['$(git log -1 --format=%ct)', sourceDate],
    ['localhost:8080', `localhost:${ports.http}`],
    ['https://semstreams.local:8080', `--connect-to ::127.0.0.1:${ports.http} https://semstreams.local:8080`],
    [/\/backup\/semstreams\/\d{8}-\d{6}/g, newest],
    ['/backup/semstreams', backups],
    ['/opt/semstreams', folder],
    ['/var/lib/nats', natsServiceOf(installation)],
    ['docker exec semstreams ', `docker exec ${installation.server} `],
    ...(process.getuid() === 0 ? [['sudo ', '']] : []),
  ];
};

const natsServiceOf = (installation) => join(dirname(installation.folder), 'var-lib-nats');

/** What a reader does between two commands, by the names of docs/commands.mjs. */
const happeningsOf = (installation) => {
  const file = join(installation.folder, '.env');
  const shown = /```ini\n(TLS_ENABLED[^`]*)```/.exec(readFileSync(join(root, 'docs/deployment.md'), 'utf8'))[1];
  return {
    switchTlsOn: () => writeFileSync(file, `${readFileSync(file, 'utf8')}\n${shown}`),
    switchTlsOff: () => {
      writeFileSync(file, readFileSync(file, 'utf8').replace(shown, ''));
      installation.compose('up', '-d', '--wait');
    },
    /** A nats-server that ran on the machine itself, with a flow in it. */
    keepServiceData: async () => {
      await deployFlow(installation);
      installation.compose('stop');
      mkdirSync(natsServiceOf(installation));
      docker('cp', `${installation.nats}:/data/.`, natsServiceOf(installation));
      installation.compose('down', '-v');
    },
  };
};
