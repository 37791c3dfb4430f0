import { readdir, readFile, stat, statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { json } from 'node:stream/consumers';
import { Health, paths, System } from '@semstreams/contract';
import { ask, ownServer } from '../asking/own-server.ts';
import { shownKey } from '../asking/shown-key.ts';
import type { LoadedSettings } from '../config/load-settings.ts';
import type { SettingsValues } from '../config/settings.schema.ts';
import { natsServers } from '../config/nats-servers.ts';
import { externalAccess } from '../nats/connection/access.ts';
import { inspectAccount } from '../nats/lease/account.ts';
import { knock } from '../nats/connection/knock.ts';
import type { Installation, ServerProcess } from './check.ts';
import { patientLooks } from '../machine/patient-look.ts';
import { limitsOf } from './control-group.ts';
import { rootMountIn } from './root-mount.ts';

/** How long each question may wait for its answer, in milliseconds. */
const patienceMs = 4000;

/** Gathers all that the checks need to know. What cannot be seen is left open; nothing is changed. */
export const lookAround = async (settings: LoadedSettings): Promise<Installation> => {
  const { values } = settings;
  const dataDir = resolve(values.data_dir);
  const server = ownServer(values);
  const get = async (path: string) => ask(server, { path, headers: shownKey(values), patienceMs });
  const [health, system, metrics] = await Promise.all([
    orNothing(async () => Health.parse(await json(await get(paths.health)))),
    orNothing(async () => System.parse(await json(await get(paths.system)))),
    orNothing(async () => get(values.metrics.path)),
  ]);
  metrics?.resume();
  const managed = values.nats.url === '';
  const servers = managed ? await managedServers(dataDir) : natsServers(values.nats.url).servers;
  const process = await serverProcess(dataDir);
  return {
    settings,
    process,
    health,
    system,
    hasMetrics: metrics?.statusCode === 200,
    door: servers.length === 0 ? 'silent' : await knock(servers, patienceMs),
    account: managed ? undefined : await inspectAccount(externalAccess(values.nats)),
    instance: await orNothing(async () => (await readFile(join(dataDir, 'instance'), 'utf8')).trim()),
    isNatsPublished: process.isInContainer && !managed ? await isOpenAtHost(servers) : undefined,
    fileStoreLimit: managed ? values.nats.max_file_store : await limitByMonitoring(servers),
    disk: await orNothing(async () => diskOf(dataDir)),
    lastBackup: await orNothing(async () => newestIn(backupFolder(values, dataDir))),
    now: new Date(),
    builtAt: await orNothing(async () => (await stat(new URL(import.meta.url))).mtime),
  };
};

/** What cannot be seen, or not soon enough, such as a folder on a drive that does not answer, is left open. */
const orNothing = async <Result>(look: () => Promise<Result>): Promise<Result | undefined> => {
  try {
    return await patientLooks('this', patienceMs)(look);
  } catch {
    return undefined;
  }
};

/** Where the own nats-server listens, by the config that the server wrote for it. */
const managedServers = async (dataDir: string): Promise<string[]> => {
  const config = await orNothing(async () => readFile(join(dataDir, 'nats', 'nats-server.conf'), 'utf8'));
  const address = /^listen: "([^"]+)"/m.exec(config ?? '')?.[1];
  return address === undefined ? [] : [address];
};

/** Whether the host of this container, which is its way out, has a port of these servers open. */
const isOpenAtHost = async (servers: readonly string[]): Promise<boolean | undefined> => {
  const host = gatewayOf(await orNothing(async () => readFile('/proc/net/route', 'utf8')));
  if (host === undefined) return undefined;
  const ports = [...new Set(servers.map((server) => Number(server.split(':').at(-1))))];
  const answers = await Promise.all(ports.map(async (port) => isOpen(host, port)));
  return answers.includes(true);
};

/** By proc_net(5): the gateway of the route to everywhere is the third field, as hexadecimal bytes from the last to the first. */
export const gatewayOf = (routes: string | undefined): string | undefined => {
  const rows = routes?.split('\n').map((line) => line.trim().split(/\s+/));
  const gateway = rows?.find(([, to, by]) => to === '00000000' && by !== undefined && by !== '00000000')?.[2];
  return gateway && Buffer.from(gateway, 'hex').reverse().join('.');
};

const isOpen = async (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: patienceMs });
    const say = (isSo: boolean) => () => {
      socket.destroy();
      resolve(isSo);
    };
    socket.once('connect', say(true)).once('error', say(false)).once('timeout', say(false));
  });

/** The usual monitoring port of NATS tells the limit; where it is closed, nobody does. */
const limitByMonitoring = async (servers: readonly string[]): Promise<number | undefined> => {
  const host = servers[0]?.replace(/^\w+:\/\//, '').replace(/:\d+$/, '');
  if (host === undefined) return undefined;
  const answer = await orNothing(async () =>
    fetch(`http://${host}:8222/varz`, { signal: AbortSignal.timeout(patienceMs) }).then(async (said) => said.json()),
  );
  const limit = (answer as { jetstream?: { config?: { max_storage?: number } } } | undefined)?.jetstream?.config;
  return limit?.max_storage;
};

/** The process that holds the lock of the data folder; this one where there is none to be seen. */
const serverProcess = async (dataDir: string): Promise<ServerProcess> => {
  const id = await orNothing(async () => Number.parseInt(await readFile(join(dataDir, 'server.pid'), 'utf8'), 10));
  const folder = `/proc/${id ?? 'self'}`;
  const root = rootMountIn((await orNothing(async () => readFile(`${folder}/mountinfo`, 'utf8'))) ?? '');
  // a machine that was made from the image of a container keeps the mark, on a disk of its own
  const isMarked =
    (await orNothing(async () => stat('/.dockerenv'))) !== undefined || process.env['container'] !== undefined;
  return {
    user: id === undefined ? undefined : (await orNothing(async () => stat(folder)))?.uid,
    isInContainer: isMarked && root?.isDisk !== true,
    isRootReadOnly: root?.isReadOnly,
    ...(await limitsOf((await orNothing(async () => readFile(`${folder}/cgroup`, 'utf8'))) ?? '')),
  };
};

const diskOf = async (folder: string) => {
  const { bsize, blocks, bfree, bavail } = await statfs(folder);
  const used = blocks - bfree;
  return { usedPercent: Math.round((used / (used + bavail)) * 100), freeBytes: bavail * bsize };
};

const backupFolder = ({ backup }: SettingsValues, dataDir: string): string =>
  backup.folder === '' ? join(dataDir, 'backups') : resolve(backup.folder);

const newestIn = async (folder: string): Promise<Date | undefined> => {
  const times = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).mtime));
  return times.sort((a, b) => b.getTime() - a.getTime())[0];
};
