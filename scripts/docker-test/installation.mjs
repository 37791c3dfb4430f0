import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../setup/root.mjs';
import { docker, run } from './engine.mjs';
import { images } from './image.mjs';
import { eventually } from './steps.mjs';

const project = 'semstreams-test';

/** An installation as the guide makes it: a copy of `examples/production`, under a name and ports of its own. */
export class Installation {
  folder = join(mkdtempSync(join(tmpdir(), 'semstreams-docker-')), 'semstreams');
  password = randomBytes(24).toString('hex');
  ports = {};
  #env = {};

  get server() {
    return project;
  }

  /** Names, ports and image of the test, which win over those of `.env`. */
  get environment() {
    return this.#env;
  }

  get nats() {
    return `${project}-nats`;
  }

  /** Lays the folder out anew; nothing runs. */
  async layOut() {
    this.destroy();
    cpSync(join(root, 'examples', 'production'), this.folder, { recursive: true });
    this.ports = { http: await freePort(), prometheus: await freePort(), grafana: await freePort() };
    this.#env = {
      COMPOSE_PROJECT_NAME: project,
      HTTP_LISTEN: `127.0.0.1:${this.ports.http}`,
      PROMETHEUS_LISTEN: `127.0.0.1:${this.ports.prometheus}`,
      GRAFANA_LISTEN: `127.0.0.1:${this.ports.grafana}`,
      SEMSTREAMS_IMAGE: images.present,
    };
  }

  /** Writes `.env`; further lines may be given. */
  configure(lines = {}) {
    const all = { NATS_PASSWORD: this.password, ...lines };
    const text = Object.entries(all).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(this.folder, '.env'), text.join(''), { mode: 0o600 });
  }

  /** The image that runs from the next `up` on. */
  pin(image) {
    this.#env.SEMSTREAMS_IMAGE = image;
  }

  async ensureUp() {
    if (this.ports.http === undefined) {
      await this.layOut();
      this.configure();
    }
    this.compose('up', '-d', '--wait');
  }

  compose(...args) {
    return this.shell('docker', ['compose', ...args]);
  }

  /** A command in the folder of the installation, with its names and ports in the environment. */
  shell(command, args, options = {}) {
    return run(command, args, { cwd: this.folder, ...options, env: { ...this.#env, ...options.env } });
  }

  /** Asks the server over HTTP; answers with status, headers, body and the certificate. */
  async ask(path, { method = 'GET', body, headers = {}, tls = false } = {}) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const key = path.startsWith('/api/') ? this.key() : undefined;
    const shown = key ? { authorization: `Bearer ${key}` } : {};
    const all = { ...shown, ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers };
    const url = `${tls ? 'https' : 'http'}://127.0.0.1:${this.ports.http}${path}`;
    return new Promise((resolve, reject) => {
      const options = { method, headers: all, timeout: 20_000, agent: false, rejectUnauthorized: false };
      const asked = (tls ? secure : plain)(url, options, (answer) => {
        const certificate = tls ? answer.socket.getPeerCertificate() : undefined;
        let said = '';
        answer.on('data', (chunk) => (said += chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode, headers: answer.headers, text: said, certificate }),
        );
      });
      asked.on('timeout', () => asked.destroy(new Error(`${url} said nothing`)));
      asked.on('error', reject);
      asked.end(text);
    });
  }

  /** The JSON of an answer of 200 or so; throws with what was said otherwise. */
  /** What commands on the device show; made anew at each start. */
  key() {
    try {
      return docker('exec', project, 'cat', '/data/access/local-key');
    } catch {
      return undefined;
    }
  }

  async json(path, options) {
    const { status, text } = await this.ask(path, options);
    if (status >= 300) throw new Error(`${path} answered ${status}: ${text}`);
    return JSON.parse(text);
  }

  async healthy(options) {
    return eventually(async () => {
      const health = await this.json('/health', options);
      return health.status === 'healthy' ? health : false;
    });
  }

  /** Containers, volumes and networks of the test, its folder and its backups. */
  destroy() {
    const listed = (...args) => docker(...args, '-q', '--filter', `label=com.docker.compose.project=${project}`);
    const each = (text) => text.split('\n').filter((line) => line !== '');
    for (const id of each(listed('ps', '-a'))) docker('rm', '-f', '-v', id);
    for (const name of each(listed('volume', 'ls'))) docker('volume', 'rm', '-f', name);
    for (const id of each(listed('network', 'ls'))) docker('network', 'rm', id);
    rmSync(dirname(this.folder), { recursive: true, force: true });
  }
}

/** A port that nobody listens on at this moment. */
const freePort = async () =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
