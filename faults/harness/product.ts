import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DeadLetterPage, FlowDocument, FlowStatus, Health, Resent, System } from '@semstreams/contract';
import { onTestFinished } from 'vitest';
import { endBy, hasEnded, killById, processState } from './processes.ts';
import { freePort } from './ports.ts';
import { until } from './until.ts';

const entry = resolve(import.meta.dirname, '../../server/dist/main.js');
const components = resolve(import.meta.dirname, '../components');

export interface ProductOptions {
  /** Settings as environment variables, such as `SEMSTREAMS_NATS_URL`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A folder that outlives the product; one of its own where it is left out. */
  readonly dataDir?: string;
  readonly nodeOptions?: readonly string[];
}

/** Ours without what is meant for another SemStreams. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SEMSTREAMS_')));

/** The built server in its own process, with its own data folder, as somebody runs it; removed with the test. */
export class Product {
  private child: ChildProcess | undefined;
  private output = '';

  private constructor(
    private readonly options: ProductOptions,
    readonly dataDir: string,
    private readonly port: number,
  ) {}

  static async prepared(options: ProductOptions = {}): Promise<Product> {
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'semstreams-faults-'));
    const product = new Product(options, dataDir, await freePort());
    onTestFinished(async () => product.remove());
    return product;
  }

  static async started(options: ProductOptions = {}): Promise<Product> {
    const product = await Product.prepared(options);
    await product.start();
    await product.untilHealth('healthy');
    return product;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get processId(): number {
    return this.child!.pid!;
  }

  /** The process of the nats-server that the server runs itself. */
  get brokerId(): number {
    return Number.parseInt(readFileSync(join(this.dataDir, 'nats', 'nats-server.pid'), 'utf8'), 10);
  }

  /** What it has printed since its last start, the last part. */
  get printed(): string {
    return this.output;
  }

  /** Resolves when the server answers at all. */
  async start(more: Readonly<Record<string, string>> = {}): Promise<void> {
    this.output = '';
    const child = spawn(process.execPath, [...(this.options.nodeOptions ?? []), entry], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: this.dataDir,
      env: {
        ...environment,
        NODE_OPTIONS: '',
        SEMSTREAMS_DATA_DIR: this.dataDir,
        SEMSTREAMS_PORT: String(this.port),
        SEMSTREAMS_FLOWS_DIR: '',
        SEMSTREAMS_COMPONENTS_DIR: components,
        SEMSTREAMS_LOG_FORMAT: 'json',
        ...this.options.settings,
        ...more,
      },
    });
    this.child = child;
    const keep = (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-200_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    let asked: unknown;
    await until('the server answers', async () => {
      if (hasEnded(child)) throw new Error(`the server has ended:\n${this.output.slice(-2000)}`);
      const answer = fetch(`${this.url}/health`, { signal: AbortSignal.timeout(10_000) });
      return answer.then(
        async (given) => given.text(),
        (thrown: unknown) => void (asked = thrown),
      );
    }).catch((thrown: unknown) => {
      // what has ended has said why
      if (hasEnded(child)) throw thrown;
      throw new Error(
        `${(thrown as Error).message}: ${String((asked as Error | undefined)?.cause ?? asked)}; the server is ${processState(child.pid!)} and printed:\n${this.output.slice(-4000)}`,
        { cause: thrown },
      );
    });
  }

  /** Starts it where it is expected to end by itself: its exit code, and what it has printed. */
  async startUntilItEnds(): Promise<{ readonly code: number | null; readonly printed: string }> {
    await this.start().catch(() => undefined);
    const child = this.child!;
    await until('it has ended', () => hasEnded(child));
    return { code: child.exitCode, printed: this.output };
  }

  /** kill -9. Its nats-server, where it has one, ends by itself a moment later. */
  async kill(): Promise<void> {
    if (this.child) await endBy(this.child, 'SIGKILL');
  }

  async killBroker(): Promise<void> {
    await killById(this.brokerId);
  }

  /** Ends it in order; resolves with the exit code. */
  async stop(): Promise<number | null> {
    return endBy(this.child!, 'SIGTERM');
  }

  /** Ends it whatever it does, and throws its data away. */
  async remove(): Promise<void> {
    if (this.child && !hasEnded(this.child)) {
      this.child.kill('SIGCONT');
      const force = setTimeout(() => this.child?.kill('SIGKILL'), 20_000);
      await this.stop();
      clearTimeout(force);
    }
    await this.killBroker().catch(() => undefined);
    if (this.options.dataDir === undefined) rmSync(this.dataDir, { recursive: true, force: true });
  }

  async untilHealth(status: Health['status'], withinMs?: number): Promise<void> {
    let seen: Health | undefined;
    const isSo = async () => (seen = await this.health().catch(() => undefined))?.status === status;
    await until(`the server is ${status}`, isSo, withinMs).catch((thrown: unknown) => {
      throw new Error(`${String(thrown)}; it said ${JSON.stringify(seen)} and printed:\n${this.output.slice(-2000)}`);
    });
  }

  /** Resolves when the flow runs, also where it was stopped by a fault before. */
  async untilRuns(flow: string): Promise<void> {
    await until(`the flow "${flow}" runs`, async () => {
      const status = await this.status(flow).catch(() => undefined);
      return status?.observed === 'running' || status?.observed === 'degraded';
    });
  }

  health = async (): Promise<Health> => (await this.get('/health')) as Health;
  system = async (): Promise<System> => (await this.get('/api/v1/system')) as System;
  status = async (flow: string): Promise<FlowStatus> => (await this.get(`/api/v1/flows/${flow}/status`)) as FlowStatus;
  deadLetters = async (flow: string, limit = 200): Promise<DeadLetterPage> =>
    (await this.get(`/api/v1/flows/${flow}/dead-letters?limit=${limit}`)) as DeadLetterPage;
  resend = async (flow: string): Promise<Resent> =>
    (await this.call('POST', `/api/v1/flows/${flow}/dead-letters/resend`)) as Resent;

  /** Makes the flow, or changes it, and deploys it; resolves when it runs. */
  async deploy(flow: FlowDocument & { readonly id: string }): Promise<void> {
    const path = `/api/v1/flows/${flow.id}`;
    const present = await this.request('GET', path);
    if (present.status === 404) await this.call('POST', '/api/v1/flows', flow);
    else await this.call('PUT', path, flow, { 'if-match': present.headers.get('etag')! });
    await this.call('POST', `${path}/deploy?wait=30s`);
    await this.untilRuns(flow.id);
  }

  /** Everything, with what waits in buffers. */
  async backup(): Promise<ArrayBuffer> {
    return (await this.request('GET', '/api/v1/backup?with_buffers=true')).arrayBuffer();
  }

  /** Rejects with what was answered where it is refused. */
  async restore(archive: ArrayBuffer): Promise<void> {
    const answer = await fetch(`${this.url}/api/v1/restore`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-tar' },
      body: archive,
    });
    const said = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status}: ${said}`);
  }

  /** Hands payloads to a component. Resolves when they are through or kept; rejects otherwise. */
  async inject(flow: string, component: string, payloads: readonly unknown[]): Promise<void> {
    await this.call('POST', `/api/v1/flows/${flow}/components/${component}/inject`, { payloads });
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<unknown> {
    const response = await this.request(method, path, body, headers);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }

  async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(70_000),
    });
  }

  private async get(path: string): Promise<unknown> {
    return (await this.request('GET', path)).json();
  }
}
