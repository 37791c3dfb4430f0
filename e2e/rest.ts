import {
  type Deployment,
  type FlowDocument,
  type FlowStatus,
  type FlowSummary,
  type Health,
  paths,
  type StoredFlow,
  type System,
} from '@semstreams/contract';
import { until } from './until.ts';

/** An answer that is none; the message is the server's own problem details. */
export class Refused extends Error {
  constructor(
    call: string,
    readonly status: number,
    body: string,
  ) {
    super(`${call} answered ${status}: ${body}`);
  }
}

/** Calls to an instance as a script would make them. Rejects with Refused. */
export class Rest {
  constructor(readonly address: string) {}

  async call<Answer>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.address}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Refused(`${method} ${path}`, response.status, text);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  get<Answer>(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  health(): Promise<Health> {
    return this.get(paths.health);
  }

  system(): Promise<System> {
    return this.get(paths.system);
  }

  async flows(): Promise<FlowSummary[]> {
    return (await this.get<{ items: FlowSummary[] }>(paths.flows)).items;
  }

  flow(id: string): Promise<StoredFlow> {
    return this.get(paths.flow(id));
  }

  create(flow: FlowDocument): Promise<StoredFlow> {
    return this.call('POST', paths.flows, flow);
  }

  save({ revision, ...flow }: StoredFlow): Promise<StoredFlow> {
    return this.call('PUT', paths.flow(flow.id), flow, { 'if-match': `"${revision}"` });
  }

  /** Deploys the draft and waits until the flow runs or has failed to. */
  deploy(id: string): Promise<Deployment> {
    return this.call('POST', `${paths.deploy(id)}?wait=20s`);
  }

  stop(id: string): Promise<Deployment> {
    return this.call('POST', `${paths.stop(id)}?wait=20s`);
  }

  status(id: string): Promise<FlowStatus> {
    return this.get(paths.status(id));
  }

  inject(id: string, component: string, payloads: readonly unknown[]): Promise<{ accepted: number }> {
    return this.call('POST', paths.inject(id, component), { payloads });
  }

  /** Makes a flow, deploys it, and waits until it runs. */
  async run(flow: FlowDocument & { readonly id: string }): Promise<void> {
    await this.create(flow);
    await this.deploy(flow.id);
    await this.running(flow.id);
  }

  /** Waits until there is such a flow and it runs, and resolves with its status. */
  running(id: string): Promise<FlowStatus> {
    return until(`flow "${id}" runs`, async () => {
      const status = await this.status(id).catch(nothingIfUnknown);
      return status?.observed === 'running' && status;
    });
  }
}

const nothingIfUnknown = (thrown: unknown): undefined => {
  if (!(thrown instanceof Refused && thrown.status === 404)) throw thrown;
};
