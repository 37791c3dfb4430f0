/** Where a call stands in the document, and what it may be answered beside what its handler says. */
export interface Call {
  /** How generated clients name it. */
  readonly id: string;
  readonly tag: Tag;
  /** The problems that it knows itself, by status; those of every call come on top. */
  readonly refusals: readonly RefusalStatus[];
  /** Headers of its answers, by status. */
  readonly headers?: Readonly<Record<number, readonly AnswerHeader[]>>;
  /** Whether it works without its body, too. */
  readonly bodyIsOptional?: true;
}

export type Tag = 'Component types' | 'Flows' | 'Running' | 'Dead letters' | 'Backup' | 'Operations';
export type RefusalStatus = 404 | 409 | 412 | 415 | 422 | 428 | 507;
export type AnswerHeader = 'ETag' | 'Location' | 'Content-Disposition' | 'Retry-After';

const tagged = { 200: ['ETag'] } as const;
const attachment = { 200: ['Content-Disposition'] } as const;

/**
 * Every call of the API, by its method and address: the one list that the routes and the document are held against, and
 * the place for what is to be said of each call.
 */
export const calls: Readonly<Record<string, Call>> = {
  'GET /api/v1/component-types': { id: 'listComponentTypes', tag: 'Component types', refusals: [] },
  'GET /api/v1/component-types/{type}': { id: 'getComponentType', tag: 'Component types', refusals: [404] },
  'POST /api/v1/component-types/{type}/probe': {
    id: 'probeComponent',
    tag: 'Component types',
    refusals: [404, 409, 415, 422],
  },

  'GET /api/v1/flows': { id: 'listFlows', tag: 'Flows', refusals: [] },
  'POST /api/v1/flows': {
    id: 'createFlow',
    tag: 'Flows',
    refusals: [409, 415, 422],
    headers: { 201: ['ETag', 'Location'] },
  },
  'POST /api/v1/flows/validate': { id: 'validateFlow', tag: 'Flows', refusals: [415, 422] },
  'GET /api/v1/flows/{id}': {
    id: 'getFlow',
    tag: 'Flows',
    refusals: [404, 409],
    headers: { 200: ['ETag'], 304: ['ETag'] },
  },
  'PUT /api/v1/flows/{id}': {
    id: 'saveFlow',
    tag: 'Flows',
    refusals: [404, 412, 415, 422, 428],
    headers: { 200: ['ETag'], 201: ['ETag', 'Location'] },
  },
  'DELETE /api/v1/flows/{id}': { id: 'deleteFlow', tag: 'Flows', refusals: [404, 409, 412] },
  'POST /api/v1/apply': { id: 'applyFlows', tag: 'Flows', refusals: [409, 412, 415, 422] },
  'GET /api/v1/flows/{id}/versions': { id: 'listVersions', tag: 'Flows', refusals: [404] },
  'GET /api/v1/flows/{id}/versions/{version}': { id: 'getVersion', tag: 'Flows', refusals: [404, 409] },
  'POST /api/v1/flows/{id}/restore': {
    id: 'restoreVersion',
    tag: 'Flows',
    refusals: [404, 409, 412, 415, 422],
    headers: tagged,
    bodyIsOptional: true,
  },

  'POST /api/v1/flows/actions': { id: 'runBulkAction', tag: 'Running', refusals: [415, 422] },
  'GET /api/v1/events': { id: 'listenToEvents', tag: 'Running', refusals: [] },
  'POST /api/v1/flows/{id}/deploy': {
    id: 'deployFlow',
    tag: 'Running',
    refusals: [404, 409, 412, 415, 422],
    bodyIsOptional: true,
  },
  'POST /api/v1/flows/{id}/start': { id: 'startFlow', tag: 'Running', refusals: [404, 409] },
  'POST /api/v1/flows/{id}/stop': { id: 'stopFlow', tag: 'Running', refusals: [404, 409] },
  'GET /api/v1/flows/{id}/status': { id: 'getStatus', tag: 'Running', refusals: [404] },
  'POST /api/v1/flows/{id}/components/{component}/inject': {
    id: 'injectMessages',
    tag: 'Running',
    refusals: [404, 409, 415, 422],
  },
  'GET /api/v1/flows/{id}/connections/{from}/tap': { id: 'tapConnection', tag: 'Running', refusals: [404, 409] },

  'GET /api/v1/flows/{id}/dead-letters': { id: 'listDeadLetters', tag: 'Dead letters', refusals: [404] },
  'DELETE /api/v1/flows/{id}/dead-letters': { id: 'discardDeadLetters', tag: 'Dead letters', refusals: [404] },
  'GET /api/v1/flows/{id}/dead-letters/{sequence}': { id: 'getDeadLetter', tag: 'Dead letters', refusals: [404] },
  'DELETE /api/v1/flows/{id}/dead-letters/{sequence}': {
    id: 'discardDeadLetter',
    tag: 'Dead letters',
    refusals: [404],
  },
  'POST /api/v1/flows/{id}/dead-letters/resend': {
    id: 'resendDeadLetters',
    tag: 'Dead letters',
    refusals: [404, 409, 415, 422],
    bodyIsOptional: true,
  },

  'GET /api/v1/backup': { id: 'makeBackup', tag: 'Backup', refusals: [409], headers: attachment },
  'POST /api/v1/restore': { id: 'restoreBackup', tag: 'Backup', refusals: [409, 415, 422, 507] },
  'GET /api/v1/backups': { id: 'listBackups', tag: 'Backup', refusals: [] },
  'POST /api/v1/backups/{name}/restore': { id: 'restoreKeptBackup', tag: 'Backup', refusals: [404, 409, 422, 507] },

  'GET /health': { id: 'getHealth', tag: 'Operations', refusals: [] },
  'GET /health/live': { id: 'getLiveness', tag: 'Operations', refusals: [] },
  'GET /health/ready': { id: 'getReadiness', tag: 'Operations', refusals: [] },
  'GET /metrics': { id: 'getMetrics', tag: 'Operations', refusals: [404] },
  'GET /api/v1/system': { id: 'getSystem', tag: 'Operations', refusals: [] },
  'GET /api/v1/logs': { id: 'listLogs', tag: 'Operations', refusals: [] },
  'GET /api/v1/flows/{id}/logs': { id: 'listFlowLogs', tag: 'Operations', refusals: [404] },
  'GET /debug/pprof/profile': { id: 'getCpuProfile', tag: 'Operations', refusals: [404, 409], headers: attachment },
  'GET /debug/pprof/heap': { id: 'getHeapProfile', tag: 'Operations', refusals: [404, 409], headers: attachment },
};
