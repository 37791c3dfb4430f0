import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FlowStatus } from '@semstreams/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from './running-server.ts';

const examples = resolve(import.meta.dirname, '../../examples');

const isPermitted = ['unshare --net --mount mount --bind /etc/hosts /etc/hosts', 'nsenter --version', 'ip -V'].every(
  (words) => spawnSync('sh', ['-c', words], { stdio: 'ignore' }).status === 0,
);
if (!isPermitted)
  console.warn('locations in network namespaces are not tried: making one needs root, unshare, nsenter and ip');

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

/** A network of its own with names of its own, as a machine has them. It is gone with its process. */
interface Place {
  readonly name: string;
  readonly pid: number;
  /** Words of a command that runs another one there. */
  readonly within: readonly string[];
}

const run = (place: Place, ...words: string[]): string =>
  execFileSync('nsenter', [...place.within.slice(1), ...words], { stdio: ['ignore', 'pipe', 'pipe'] }).toString();

/** @param hosts the names that are known in all of them, as lines of /etc/hosts */
const placeOf = async (name: string, hosts: string): Promise<Place> => {
  const words = `mount --bind ${hosts} /etc/hosts && ip link set lo up && echo ready && exec sleep 600`;
  const holder = spawn('unshare', ['--net', '--mount', 'sh', '-c', words], { stdio: ['ignore', 'pipe', 'ignore'] });
  ended.push(() => holder.kill());
  await once(holder.stdout, 'data');
  const pid = holder.pid!;
  return { name, pid, within: ['nsenter', '--target', String(pid), '--net', '--mount'] };
};

/** A cable between two places; `cut` unplugs it at the first. */
const cable = (one: Place, other: Place, network: string): { readonly cut: (isCut: boolean) => void } => {
  const [near, far] = [`to-${other.name.at(-1)!}`, `to-${one.name.at(-1)!}`];
  run(one, 'ip', ...`link add ${near} type veth peer name ${far} netns ${other.pid}`.split(' '));
  for (const [place, device, end] of [
    [one, near, 1],
    [other, far, 2],
  ] as const) {
    run(place, 'ip', 'addr', 'add', `${network}.${end}/24`, 'dev', device);
    run(place, 'ip', 'link', 'set', device, 'up');
  }
  return { cut: (isCut) => void run(one, 'ip', 'link', 'set', near, isCut ? 'down' : 'up') };
};

const layOut = (): { readonly folder: string; readonly hosts: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-namespaces-'));
  ended.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const hosts = join(folder, 'hosts');
  writeFileSync(hosts, '127.0.0.1 localhost\n10.99.1.1 location-a\n10.99.1.2 location-b\n10.99.2.2 location-c\n');
  return { folder, hosts };
};

const serverIn = async (
  place: Place,
  folder: string,
  settings: Record<string, string> = {},
): Promise<RunningServer> => {
  const dataDir = join(folder, `${place.name}-data`);
  mkdirSync(dataDir, { recursive: true });
  const server = await startServer({ SEMSTREAMS_NAME: place.name, ...settings }, dataDir, place.within);
  ended.push(async () => server.end());
  return server;
};

/** A call from inside the place, since nobody else reaches it. */
const call = (place: Place, { url }: RunningServer, method: string, path: string, body?: string): unknown => {
  const ask = `fetch(process.argv[1], { method: process.argv[2], body: process.argv[3],
    headers: process.argv[3] ? { 'content-type': 'application/json' } : {} })
    .then((answer) => answer.text()).then((text) => process.stdout.write(text))`;
  const given = [new URL(path, url).href, method, ...(body === undefined ? [] : [body])];
  return JSON.parse(run(place, process.execPath, '-e', ask, ...given));
};

const numbersIn = ({ dataDir }: RunningServer, file: string): number[] => {
  const path = join(dataDir, file);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => (JSON.parse(line) as { readonly n: number }).n);
};
const seconds = async (count: number): Promise<void> => new Promise((go) => setTimeout(go, count * 1000));

describe.skipIf(!isPermitted)('locations with networks of their own', () => {
  it('the two flows of the deployment guide send from A to B, byte for byte as they are printed there', async () => {
    const { folder, hosts } = layOut();
    const [a, b] = [await placeOf('location-a', hosts), await placeOf('location-b', hosts)];
    const line = cable(a, b, '10.99.1');
    const [atA, atB] = [await serverIn(a, folder), await serverIn(b, folder)];
    const status = (place: Place, server: RunningServer): FlowStatus =>
      call(place, server, 'GET', `/api/v1/flows/${place.name}/status`) as FlowStatus;
    for (const [place, server] of [
      [b, atB],
      [a, atA],
    ] as const) {
      const document = readFileSync(join(examples, 'guide', `${place.name}.json`), 'utf8');
      call(place, server, 'POST', `/api/v1/flows?name=${place.name}`, document);
      call(place, server, 'POST', `/api/v1/flows/${place.name}/deploy?wait=10s`);
    }
    const send = (count: number): unknown => {
      const payloads = Array.from({ length: count }, (_, n) => ({ n }));
      return call(
        a,
        atA,
        'POST',
        `/api/v1/flows/${a.name}/components/sensor-input/inject`,
        JSON.stringify({ payloads }),
      );
    };
    await eventually('B is there', async () => status(a, atA).components[1]!.sentence.startsWith('1 receiver'), 90_000);
    expect(send(20)).toEqual({ accepted: 20 });
    const taken = (): number => status(b, atB).components[1]!.in_total;
    await eventually('B has it', async () => taken() >= 20, 60_000);
    line.cut(true);
    send(30);
    await seconds(3);
    expect(taken()).toBe(20);
    line.cut(false);
    await eventually('B has what it missed', async () => taken() >= 50, 60_000);
    expect(taken()).toBe(50);
  }, 180_000);

  it('the flows of the example, as they stand there, lose nothing while cables are unplugged', async () => {
    const { folder, hosts } = layOut();
    const names = ['location-a', 'location-b', 'location-c'] as const;
    const [a, b, c] = [await placeOf(names[0], hosts), await placeOf(names[1], hosts), await placeOf(names[2], hosts)];
    const lines = [cable(a, b, '10.99.1'), cable(b, c, '10.99.2')];
    // C knows B by the address of their own cable
    run(c, 'ip', 'route', 'add', '10.99.1.2/32', 'via', '10.99.2.1');
    const start = async (place: Place) =>
      serverIn(place, folder, { SEMSTREAMS_FLOWS_DIR: join(examples, 'three-locations', place.name) });
    const atC = await start(c);
    const atB = await start(b);
    await start(a);
    const has = async (server: RunningServer, file: string, count: number) =>
      eventually(`${count} messages in ${file}`, async () => numbersIn(server, file).length >= count, 90_000);
    await has(atC, 'from-b.ndjson', 10);
    for (const line of lines) {
      line.cut(true);
      await seconds(3);
      line.cut(false);
    }
    const known = numbersIn(atC, 'from-b.ndjson').length;
    await has(atC, 'from-b.ndjson', known + 60);
    for (const found of [numbersIn(atB, 'from-a.ndjson'), numbersIn(atC, 'from-b.ndjson')]) {
      const [first] = found as [number];
      expect(found).toEqual(Array.from(found, (_, n) => first + n));
    }
  }, 240_000);
});
