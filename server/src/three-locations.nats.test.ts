import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Flow, Link } from '@semstreams/contract';
import { afterEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { eventually, type RunningServer, startServer } from './running-server.ts';

const project = resolve(import.meta.dirname, '../..');
const example = join(project, 'examples', 'three-locations');
const locations = ['location-a', 'location-b', 'location-c'] as const;
type Location = (typeof locations)[number];

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

const folderOfTest = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-locations-'));
  ended.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
};

const portOf = async (server: Server): Promise<number> => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as { readonly port: number }).port;
};
const freePort = async (): Promise<number> => {
  const server = createServer();
  const port = await portOf(server);
  await once(server.close(), 'close');
  return port;
};

/** A line to a port of this machine that can be cut, as when a cable is pulled. */
const lineTo = async (port: number): Promise<{ readonly port: number; readonly cut: (isCut: boolean) => void }> => {
  const sockets = new Set<Socket>();
  let isDown = false;
  const server = createServer((near) => {
    if (isDown) return near.destroy();
    const far = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => one.destroy()).on('close', () => sockets.delete(one) && other.destroy());
      one.pipe(other);
    }
    return undefined;
  });
  const cut = (isCut: boolean): void => {
    isDown = isCut;
    if (isCut) for (const socket of sockets) socket.destroy();
  };
  ended.push(() => {
    cut(true);
    server.close();
  });
  return { port: await portOf(server), cut };
};

/** What of the settings of the two ends differs here from what stands in the example. */
type Changes = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A location of the example: its flows as they stand there but for `changes`, by component. */
const start = async (location: Location, folder: string, changes: Changes): Promise<RunningServer> => {
  const [flows, data] = [join(folder, `${location}-flows`), join(folder, `${location}-data`)];
  for (const made of [flows, data]) mkdirSync(made, { recursive: true });
  for (const file of readdirSync(join(example, location))) {
    const flow = JSON.parse(readFileSync(join(example, location, file), 'utf8')) as Flow;
    const components = flow.components.map((component) => ({
      ...component,
      config: { ...component.config, ...changes[component.id] },
    }));
    writeFileSync(join(flows, file), JSON.stringify({ ...flow, components }));
  }
  const own = { SEMSTREAMS_NAME: location, SEMSTREAMS_FLOWS_DIR: flows, SEMSTREAMS_FILES_TLS: join(folder, 'certs') };
  const server = await startServer(own, data);
  ended.push(async () => server.end());
  return server;
};

const numbersIn = ({ dataDir }: RunningServer, file: string): number[] => {
  const path = join(dataDir, file);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => (JSON.parse(line) as { readonly n: number }).n);
};
const numbered = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const has = async (server: RunningServer, file: string, count: number): Promise<void> =>
  void (await eventually(`${count} messages in ${file}`, async () => numbersIn(server, file).length >= count, 60_000));
const linksOf = async (server: RunningServer): Promise<readonly Link[]> =>
  ((await server.call('GET', '/api/v1/links')).body as { readonly items: readonly Link[] }).items;

it('what happens at A is in the files of B and C, once and in order, over cuts of both lines and restarts of B', async () => {
  const folder = folderOfTest();
  const [portOfA, portOfB] = [await freePort(), await freePort()];
  const [lineToA, lineToB] = [await lineTo(portOfA), await lineTo(portOfB)];
  const local = (port: number) => ({ host: '127.0.0.1', port });
  const dial = (port: number) => ({ url: `ws://127.0.0.1:${port}`, longest_wait: '1s' });
  const startB = async () => start('location-b', folder, { 'from-a': dial(lineToA.port), 'to-c': local(portOfB) });

  // a name has a place from the moment on at which it is known: B and C are there before A begins
  const c = await start('location-c', folder, { 'from-b': dial(lineToB.port) });
  const b = await startB();
  await eventually('C is known at B', async () => (await linksOf(b)).some(({ far_sides: [far] }) => far?.is_there));
  await start('location-a', folder, { 'to-b': local(portOfA), vehicle: { rate: 50 } });
  await has(c, 'from-b.ndjson', 20);

  lineToA.cut(true);
  const before = numbersIn(b, 'from-a.ndjson').length;
  lineToB.cut(true);
  await eventually('B says that C is away', async () =>
    (await linksOf(b)).some(({ far_sides: [far] }) => far?.name === 'location-c' && !far.is_there),
  );
  lineToA.cut(false);
  await has(b, 'from-a.ndjson', before + 50);
  lineToB.cut(false);
  await has(c, 'from-b.ndjson', before + 50);

  await b.end();
  const again = await startB();
  await has(again, 'from-a.ndjson', before + 150);
  await has(c, 'from-b.ndjson', before + 150);
  for (const found of [numbersIn(again, 'from-a.ndjson'), numbersIn(c, 'from-b.ndjson')])
    expect(found).toEqual(numbered(found.length));
}, 180_000);

/** The commands of a page that make certificates, in their order. */
const commandsOf = (page: string): string[] =>
  [...page.matchAll(/^```bash\n([^]*?)^```$/gm)]
    .flatMap(([, block]) => block!.trim().split('\n'))
    .filter((command) => /^(?:openssl|chmod) /.test(command));
/** The settings of a page, in their order. */
const settingsOf = (page: string): Record<string, unknown>[] =>
  [...page.matchAll(/^```json\n([^]*?)^```$/gm)].map(([, block]) => JSON.parse(block!) as Record<string, unknown>);

it('three locations show each other the certificates that the page of federation makes, as it says', async () => {
  const page = readFileSync(join(project, 'docs', 'federation-advanced.md'), 'utf8');
  const folder = folderOfTest();
  const certificates = join(folder, 'certs');
  mkdirSync(certificates);
  for (const command of commandsOf(page)) execFileSync('sh', ['-c', command], { cwd: certificates, stdio: 'ignore' });
  expect(statSync(join(certificates, 'authority.key')).mode & 0o077).toBe(0);

  /** Settings of the page on this machine: for another location, at other ports, with the files that were made. */
  const here = (settings: Record<string, unknown>, from: Location, to: Location): Record<string, unknown> =>
    JSON.parse(JSON.stringify(settings).replaceAll(from, to).replaceAll('/certs/', `${certificates}/`)) as never;
  const [output, input] = settingsOf(page) as [Record<string, unknown>, Record<string, unknown>];
  const [portOfA, portOfB] = [await freePort(), await freePort()];
  const listen = (port: number) => ({ host: '127.0.0.1', port });
  const dial = (port: number, server_name: Location) => ({ url: `wss://127.0.0.1:${port}`, server_name });

  const asA = here(output, 'location-a', 'location-a');
  const asB = here(input, 'location-b', 'location-b');
  const asC = here(input, 'location-b', 'location-c');
  const c = await start('location-c', folder, { 'from-b': { ...asC, ...dial(portOfB, 'location-b') } });
  const b = await start('location-b', folder, {
    'from-a': { ...asB, ...dial(portOfA, 'location-a') },
    'to-c': { ...here(output, 'location-a', 'location-b'), ...listen(portOfB) },
  });
  const a = await start('location-a', folder, { 'to-b': { ...asA, ...listen(portOfA) }, vehicle: { rate: 50 } });
  await has(c, 'from-b.ndjson', 20);
  // facts are told about once a second
  await eventually('A knows B', async () =>
    (await linksOf(a)).some(({ far_sides: [far] }) => far?.name === 'location-b' && far.speaks === 'link'),
  );
  await eventually('B has a link in both directions', async () => {
    const directions = (await linksOf(b)).map(({ direction }) => direction);
    return directions.sort().join() === 'from,to';
  });
}, 180_000);

it('the compose file of the example has for each location a NATS of its own and the flows that stand beside it', () => {
  const { services } = parse(readFileSync(join(example, 'docker-compose.yml'), 'utf8')) as {
    services: Record<string, { networks: object; volumes: string[]; environment?: Record<string, string> }>;
  };
  expect(Object.keys(services).sort()).toEqual([...locations, 'nats-a', 'nats-b', 'nats-c']);
  for (const location of locations) {
    const inside = `inside-${location.at(-1)!}`;
    const { networks, volumes, environment } = services[location]!;
    expect(networks).toEqual([inside, 'between']);
    expect(Object.keys(services[`nats-${location.at(-1)!}`]!.networks)).toEqual([inside]);
    expect(volumes[0]).toBe(`./${location}:/flows:ro`);
    expect(environment).toMatchObject({ SEMSTREAMS_NAME: location, SEMSTREAMS_FLOWS_DIR: '/flows' });
    expect(readdirSync(join(example, location))).toHaveLength(1);
  }
});
