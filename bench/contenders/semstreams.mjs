import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess, productCore, spawnOn } from '../measure/cores.mjs';
import { freePort } from '../measure/ports.mjs';
import { childrenOf } from '../measure/usage.mjs';
import { folders } from '../setup.mjs';
import { broadcastFlow, liveFlow } from './semstreams-flows.mjs';

/** The built server with its own nats-server, with one malloc arena, as image and unit run it. Resolves when it is healthy. */
export const startServer = async ({ node, nodeOptions = [], settings = {}, dataDir: kept, core = productCore }) => {
  const dataDir = kept ?? mkdtempSync(join(tmpdir(), 'semstreams-bench-'));
  const port = await freePort();
  const child = spawnOn(core, node, [...nodeOptions, folders.server], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      MALLOC_ARENA_MAX: '1',
      SEMSTREAMS_DATA_DIR: dataDir,
      SEMSTREAMS_PORT: String(port),
      SEMSTREAMS_LOG_LEVEL: 'warn',
      SEMSTREAMS_FLOWS_DIR: '',
      ...settings,
    },
  });
  const address = `http://127.0.0.1:${port}`;
  await untilHealthy(`${address}/health`, child);
  const broker = childrenOf(child.pid).get('nats-server');
  return {
    address,
    child,
    server: child.pid,
    broker,
    dataDir,
    async stop() {
      await endProcess(child);
      if (isThere(broker)) process.kill(broker, 'SIGKILL');
      if (!kept) rmSync(dataDir, { recursive: true, force: true });
    },
  };
};

/** A server that had to be ended by force leaves its broker behind. */
const isThere = (id) => id !== undefined && existsSync(`/proc/${id}`);

/** Deploys a flow by REST; resolves when it runs, and has found whom it connects to. */
export const deploy = async (address, flow) => {
  await call(`${address}/api/v1/flows`, flow);
  await call(`${address}/api/v1/flows/${flow.id}/deploy?wait=30s`, undefined);
  let status = await statusOf(address, flow.id);
  for (let tries = 0; status.observed === 'degraded' && tries < 50; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    status = await statusOf(address, flow.id);
  }
  if (status.observed !== 'running') throw new Error(`the flow is ${status.observed}: ${status.sentence}`);
};

export const statusOf = async (address, flow) => (await fetch(`${address}/api/v1/flows/${flow}/status`)).json();

/** How many flows run at this moment. */
export const runningFlows = async (address) => (await (await fetch(`${address}/api/v1/system`)).json()).flows.running;

const call = async (url, body) => {
  const response = await fetch(url, {
    method: 'POST',
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
};

const healthySeconds = 60;

const untilHealthy = async (url, child) => {
  for (const begin = performance.now(); ;) {
    if (performance.now() - begin > healthySeconds * 1000) throw new Error('the server does not become healthy');
    if (child.exitCode !== null) throw new Error('the server has ended');
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok && (await response.json()).status === 'healthy') return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** SemStreams with one flow that runs, as a contender. */
export const startSemStreams = async ({ flow = {}, ...options }) => {
  const server = await startServer(options);
  const [port, webSocketPort] = [await freePort(), await freePort()];
  const make = flow.isBroadcast ? broadcastFlow : liveFlow;
  await deploy(server.address, make({ port, webSocketPort, ...flow }));
  return {
    ...server,
    name: 'SemStreams',
    ids: server.broker === undefined ? [server.server] : [server.server, server.broker],
    port,
    webSocket: { port: webSocketPort, path: '/' },
  };
};
