import {
  type Deployment,
  type Finding,
  type Flow,
  type FlowDocument,
  type FlowSummary,
  paths,
  type StoredFlow,
  type Version,
  type VersionSummary,
} from '@semstreams/contract';
import { queryOptions } from '@tanstack/react-query';
import { ApiProblem, request } from './request.ts';

/** How long a page waits for a flow to do what it should, before it goes on with what it knows. */
const settleTime = '10s';

export const flowsQuery = queryOptions({
  queryKey: ['flows'],
  queryFn: async ({ signal }) => (await request<{ items: FlowSummary[] }>(paths.flows, { signal })).items,
});

export const flowQuery = (id: string) =>
  queryOptions({
    queryKey: ['flows', id],
    queryFn: ({ signal }) => request<StoredFlow>(paths.flow(id), { signal }),
  });

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['flows', id, 'versions'],
    queryFn: async ({ signal }) => (await request<{ items: VersionSummary[] }>(paths.versions(id), { signal })).items,
  });

/** Never changed again, so never asked for twice. */
export const versionQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: ['flows', id, 'versions', version],
    queryFn: ({ signal }) => request<Version>(paths.version(id, version), { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const createFlow = (document: FlowDocument): Promise<StoredFlow> =>
  request(paths.flows, { method: 'POST', body: document });

/** Replaces a draft that is still at `revision`. */
export const saveFlow = (flow: Flow, revision: number): Promise<StoredFlow> =>
  request(paths.flow(flow.id), { method: 'PUT', body: flow, ifMatch: revision });

/** With what waits in its buffers, and the places of receivers. */
export const removal = (id: string): string => `${paths.flow(id)}?discard_waiting=true`;

export const removeFlow = (id: string): Promise<void> => request(removal(id), { method: 'DELETE' });

/** What deleting a flow would lose, as sentences for people; none where that is nothing. */
export const lostByRemoval = async (id: string): Promise<string[]> => {
  try {
    await request(`${paths.flow(id)}?dry_run=true`, { method: 'DELETE' });
    return [];
  } catch (thrown) {
    if (thrown instanceof ApiProblem && thrown.status === 409) return thrown.findings.map(({ sentence }) => sentence);
    throw thrown;
  }
};

/** All that is wrong with any JSON value as a flow, saved or not. */
export const validateDocument = async (document: unknown, signal?: AbortSignal): Promise<Finding[]> =>
  (
    await request<{ findings: Finding[] }>(paths.validate, {
      method: 'POST',
      body: document,
      ...(signal ? { signal } : {}),
    })
  ).findings;

/** What deploying a draft would lose, as sentences for people. */
export const lostByDeployQuery = (flow: Flow) =>
  queryOptions({
    queryKey: ['flows', flow.id, 'lost', flow],
    queryFn: async ({ signal }) =>
      (await validateDocument(flow, signal))
        .filter(({ code }) => code === 'would_discard' || code === 'would_forget')
        .map(({ sentence }) => sentence),
    staleTime: 0,
  });

export interface DeployWords {
  readonly note?: string;
  /** Somebody was told what would be lost, and agrees. */
  readonly mayLose?: boolean;
}

export const deployFlow = (id: string, { note, mayLose = false }: DeployWords = {}): Promise<Deployment> =>
  request(`${paths.deploy(id)}?wait=${settleTime}`, {
    method: 'POST',
    body: { ...(note ? { note } : {}), ...(mayLose ? { discard_waiting: true } : {}) },
  });

export const startFlow = (id: string): Promise<Deployment> =>
  request(`${paths.start(id)}?wait=${settleTime}`, { method: 'POST' });

export const stopFlow = (id: string): Promise<Deployment> =>
  request(`${paths.stop(id)}?wait=${settleTime}`, { method: 'POST' });

/** Makes a version the draft, also where there is none or it cannot be read; without a number what runs or ran last. */
export const restoreVersion = (id: string, version?: number): Promise<StoredFlow> =>
  request(paths.restore(id), { method: 'POST', body: version === undefined ? {} : { version } });

/** The document of a stored flow: what people write and export, without the revision. */
export const documentOf = ({ revision: _, ...flow }: StoredFlow): Flow => flow;
