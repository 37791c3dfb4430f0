import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess, productCore, spawnOn } from '../measure/cores.mjs';
import { freePort } from '../measure/ports.mjs';
import { nodeRedEntry } from '../setup.mjs';

/** The flow of the table in a function node, which is the fast way: filter and map in one call, and nothing cloned. */
const functionText = `const record = msg.payload;
if (!(record.battery >= 20)) return null;
record.name = record.vehicle;
delete record.vehicle;
record.speed *= 3.6;
record.site = 'north';
return msg;`;

const flowOf = ({ protocol, port }) => [
  { id: 'tab', type: 'tab', label: 'Live' },
  protocol === 'udp'
    ? {
        ...node('in', 'udp in', ['json']),
        iface: '',
        port: String(port),
        ipv: 'udp4',
        multicast: 'false',
        datatype: 'utf8',
      }
    : {
        ...node('in', 'tcp in', ['json']),
        server: 'server',
        host: '',
        port: String(port),
        datamode: 'stream',
        datatype: 'utf8',
        newline: '\\n',
        topic: '',
        trim: false,
        base64: false,
        tls: '',
      },
  { ...node('json', 'json', ['function']), property: 'payload', action: 'obj', pretty: false },
  {
    ...node('function', 'function', ['out']),
    func: functionText,
    outputs: 1,
    noerr: 0,
    initialize: '',
    finalize: '',
    libs: [],
  },
  { ...node('out', 'websocket out', []), server: 'listener', client: '' },
  { id: 'listener', type: 'websocket-listener', path: '/out', wholemsg: 'false' },
];

const node = (id, type, to) => ({ id, type, z: 'tab', name: '', x: 0, y: 0, wires: to.length === 0 ? [] : [to] });

/** Node-RED as it comes, without its editor. Resolves when its flows have started. */
export const startNodeRed = async ({ node: nodePath, flow: { protocol = 'udp' } = {} }) => {
  const [port, httpPort] = [await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-bench-red-'));
  writeFileSync(join(folder, 'flows.json'), JSON.stringify(flowOf({ protocol, port })));
  writeFileSync(
    join(folder, 'settings.js'),
    `module.exports = { uiHost: '127.0.0.1', uiPort: ${httpPort}, httpAdminRoot: false, flowFile: 'flows.json',
  credentialSecret: false, telemetry: { enabled: false }, logging: { console: { level: 'warn' } } };\n`,
  );
  const args = [nodeRedEntry, '--userDir', folder, '--settings', join(folder, 'settings.js')];
  const child = spawnOn(productCore, nodePath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  await untilListening(httpPort);
  return {
    name: 'Node-RED',
    ids: [child.pid],
    port,
    webSocket: { port: httpPort, path: '/out' },
    async stop() {
      await endProcess(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const untilListening = async (port) => {
  while (!(await isListening(port))) await new Promise((resolve) => setTimeout(resolve, 10));
};

const isListening = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
