import type { Need } from '../../access/principal.ts';

/** Where a call stands in the document, and what it may be answered beside what its handler says. */
export interface Call {
  /** How generated clients name it. */
  readonly id: string;
  readonly tag: Tag;
  /** Who may: a role and those above it, or everybody. */
  readonly needs: Need;
  /** Only for those who may reach all flows. Of others, calls of a flow are refused, and lists hold what they may reach. */
  readonly ofAll?: true;
  /** The problems that it knows itself, by status; those of every call come on top. */
  readonly refusals: readonly RefusalStatus[];
  /** Headers of its answers, by status. */
  readonly headers?: Readonly<Record<number, readonly AnswerHeader[]>>;
  /** Whether the audit notes it; where it is left out, as soon as it is no mere look (GET). */
  readonly audit?: boolean;
  /** Whether it takes its body as YAML, too. */
  readonly takesYaml?: true;
  /** Whether it works without its body, too. */
  readonly bodyIsOptional?: true;
}

export type Tag =
  'Component types' | 'Flows' | 'Running' | 'Dead letters' | 'Files' | 'Backup' | 'Access' | 'Operations';
export type RefusalStatus = 401 | 404 | 409 | 412 | 413 | 415 | 416 | 422 | 428 | 429 | 507;
export type AnswerHeader =
  'ETag' | 'Location' | 'Content-Disposition' | 'Retry-After' | 'Set-Cookie' | 'WWW-Authenticate';

const tagged = { 200: ['ETag'] } as const;
const attachment = { 200: ['Content-Disposition'] } as const;

/**
 * Every call of the API, by its method and address: the one list that the routes and the document are held against, and
 * the place for what is to be said of each call.
 */
export const calls: Readonly<Record<string, Call>> = {
  'GET /api/v1/component-types': { id: 'listComponentTypes', needs: 'viewer', tag: 'Component types', refusals: [] },
  'GET /api/v1/component-types/{type}': {
    id: 'getComponentType',
    needs: 'viewer',
    tag: 'Component types',
    refusals: [404],
  },
  'POST /api/v1/component-types/{type}/probe': {
    id: 'probeComponent',
    needs: 'editor',
    tag: 'Component types',
    refusals: [404, 409, 415, 422],
  },

  'GET /api/v1/flows': { id: 'listFlows', needs: 'viewer', tag: 'Flows', refusals: [] },
  'POST /api/v1/flows': {
    id: 'createFlow',
    needs: 'editor',
    tag: 'Flows',
    refusals: [409, 415, 422],
    headers: { 201: ['ETag', 'Location'] },
  },
  'POST /api/v1/flows/validate': {
    id: 'validateFlow',
    needs: 'viewer',
    tag: 'Flows',
    audit: false,
    refusals: [415, 422],
  },
  'POST /api/v1/flows/try': {
    id: 'tryFlow',
    needs: 'editor',
    tag: 'Flows',
    audit: false,
    refusals: [409, 415, 422, 429],
  },
  'GET /api/v1/flows/{id}': {
    id: 'getFlow',
    needs: 'viewer',
    tag: 'Flows',
    refusals: [404, 409],
    headers: { 200: ['ETag'], 304: ['ETag'] },
  },
  'PUT /api/v1/flows/{id}': {
    id: 'saveFlow',
    needs: 'editor',
    tag: 'Flows',
    refusals: [404, 412, 415, 422, 428],
    headers: { 200: ['ETag'], 201: ['ETag', 'Location'] },
  },
  'DELETE /api/v1/flows/{id}': { id: 'deleteFlow', needs: 'editor', tag: 'Flows', refusals: [404, 409, 412] },
  'POST /api/v1/apply': {
    id: 'applyFlows',
    needs: 'editor',
    ofAll: true,
    tag: 'Flows',
    refusals: [409, 412, 415, 422],
    takesYaml: true,
  },
  'GET /api/v1/flows/{id}/versions': { id: 'listVersions', needs: 'viewer', tag: 'Flows', refusals: [404] },
  'GET /api/v1/flows/{id}/versions/{version}': {
    id: 'getVersion',
    needs: 'viewer',
    tag: 'Flows',
    refusals: [404, 409],
  },
  'POST /api/v1/flows/{id}/restore': {
    id: 'restoreVersion',
    needs: 'editor',
    tag: 'Flows',
    refusals: [404, 409, 412, 415, 422],
    headers: tagged,
    bodyIsOptional: true,
  },

  'POST /api/v1/flows/actions': { id: 'runBulkAction', needs: 'operator', tag: 'Running', refusals: [415, 422] },
  'GET /api/v1/events': { id: 'listenToEvents', needs: 'viewer', tag: 'Running', refusals: [] },
  'POST /api/v1/flows/{id}/deploy': {
    id: 'deployFlow',
    needs: 'editor',
    tag: 'Running',
    refusals: [404, 409, 412, 415, 422],
    bodyIsOptional: true,
  },
  'POST /api/v1/flows/{id}/start': { id: 'startFlow', needs: 'operator', tag: 'Running', refusals: [404, 409] },
  'POST /api/v1/flows/{id}/stop': { id: 'stopFlow', needs: 'operator', tag: 'Running', refusals: [404, 409] },
  'GET /api/v1/links': { id: 'listLinks', needs: 'viewer', tag: 'Running', refusals: [] },
  'GET /api/v1/happenings': { id: 'listHappenings', needs: 'viewer', tag: 'Running', refusals: [] },
  'GET /api/v1/history': { id: 'getHistory', needs: 'viewer', tag: 'Running', refusals: [] },
  'GET /api/v1/flows/{id}/status': { id: 'getStatus', needs: 'viewer', tag: 'Running', refusals: [404] },
  'POST /api/v1/flows/{id}/components/{component}/inject': {
    id: 'injectMessages',
    needs: 'operator',
    tag: 'Running',
    refusals: [404, 409, 415, 422],
  },
  'GET /api/v1/flows/{id}/connections': {
    id: 'listSeenFields',
    needs: 'viewer',
    tag: 'Running',
    refusals: [404, 409],
  },
  'GET /api/v1/flows/{id}/connections/{from}/recent': {
    id: 'listRecentMessages',
    needs: 'viewer',
    tag: 'Running',
    refusals: [404, 409],
  },
  'GET /api/v1/flows/{id}/connections/{from}/tap': {
    id: 'tapConnection',
    needs: 'viewer',
    tag: 'Running',
    refusals: [404, 409],
  },

  'GET /api/v1/flows/{id}/dead-letters': {
    id: 'listDeadLetters',
    needs: 'viewer',
    tag: 'Dead letters',
    refusals: [404],
  },
  'DELETE /api/v1/flows/{id}/dead-letters': {
    id: 'discardDeadLetters',
    needs: 'operator',
    tag: 'Dead letters',
    refusals: [404],
  },
  'GET /api/v1/flows/{id}/dead-letters/{sequence}': {
    id: 'getDeadLetter',
    needs: 'viewer',
    tag: 'Dead letters',
    refusals: [404],
  },
  'DELETE /api/v1/flows/{id}/dead-letters/{sequence}': {
    id: 'discardDeadLetter',
    needs: 'operator',
    tag: 'Dead letters',
    refusals: [404],
  },
  'POST /api/v1/flows/{id}/dead-letters/resend': {
    id: 'resendDeadLetters',
    needs: 'operator',
    tag: 'Dead letters',
    refusals: [404, 409, 415, 422],
    bodyIsOptional: true,
  },

  'GET /api/v1/files': { id: 'listFiles', needs: 'viewer', ofAll: true, tag: 'Files', refusals: [404, 422] },
  'GET /api/v1/files/preview': {
    id: 'previewFile',
    needs: 'viewer',
    ofAll: true,
    tag: 'Files',
    refusals: [404, 422],
  },
  'GET /api/v1/files/content': {
    id: 'downloadFile',
    needs: 'viewer',
    audit: true,
    ofAll: true,
    tag: 'Files',
    refusals: [404, 416, 422],
    headers: attachment,
  },
  'PUT /api/v1/files/content': {
    id: 'uploadFile',
    needs: 'editor',
    ofAll: true,
    tag: 'Files',
    refusals: [404, 409, 413, 415, 422, 429, 507],
  },
  'DELETE /api/v1/files/content': {
    id: 'deleteFile',
    needs: 'editor',
    ofAll: true,
    tag: 'Files',
    refusals: [404, 409, 422],
  },

  'GET /api/v1/backup': {
    id: 'makeBackup',
    needs: 'administrator',
    audit: true,
    ofAll: true,
    tag: 'Backup',
    refusals: [409],
    headers: attachment,
  },
  'POST /api/v1/restore': {
    id: 'restoreBackup',
    needs: 'administrator',
    ofAll: true,
    tag: 'Backup',
    refusals: [409, 415, 422, 507],
  },
  'GET /api/v1/backups': { id: 'listBackups', needs: 'administrator', ofAll: true, tag: 'Backup', refusals: [] },
  'POST /api/v1/backups/{name}/restore': {
    id: 'restoreKeptBackup',
    needs: 'administrator',
    ofAll: true,
    tag: 'Backup',
    refusals: [404, 409, 422, 507],
  },

  'GET /api/v1/session': { id: 'getSession', needs: 'nothing', tag: 'Access', refusals: [] },
  'POST /api/v1/session': {
    id: 'logIn',
    needs: 'nothing',
    tag: 'Access',
    refusals: [401, 415, 429],
    headers: { 200: ['Set-Cookie'] },
  },
  'DELETE /api/v1/session': {
    id: 'logOut',
    needs: 'nothing',
    audit: false,
    tag: 'Access',
    refusals: [],
    headers: { 204: ['Set-Cookie'] },
  },
  'PUT /api/v1/session/password': { id: 'changePassword', needs: 'viewer', tag: 'Access', refusals: [409, 415, 422] },
  'GET /api/v1/sessions': { id: 'listSessions', needs: 'viewer', tag: 'Access', refusals: [] },
  'DELETE /api/v1/sessions/{id}': { id: 'endSession', needs: 'viewer', tag: 'Access', refusals: [404] },
  'GET /api/v1/users': { id: 'listUsers', needs: 'administrator', ofAll: true, tag: 'Access', refusals: [] },
  'POST /api/v1/users': {
    id: 'createUser',
    needs: 'administrator',
    ofAll: true,
    tag: 'Access',
    refusals: [409, 415, 422],
  },
  'PUT /api/v1/users/{name}': {
    id: 'changeUser',
    needs: 'administrator',
    ofAll: true,
    tag: 'Access',
    refusals: [404, 409, 415, 422],
  },
  'DELETE /api/v1/users/{name}': {
    id: 'deleteUser',
    needs: 'administrator',
    ofAll: true,
    tag: 'Access',
    refusals: [404, 409],
  },
  'GET /api/v1/tokens': { id: 'listTokens', needs: 'viewer', tag: 'Access', refusals: [] },
  'POST /api/v1/tokens': { id: 'createToken', needs: 'viewer', tag: 'Access', refusals: [409, 415, 422] },
  'DELETE /api/v1/tokens/{id}': { id: 'deleteToken', needs: 'viewer', tag: 'Access', refusals: [404] },
  'GET /api/v1/audit': { id: 'listAudit', needs: 'administrator', ofAll: true, tag: 'Access', refusals: [] },

  'GET /health': { id: 'getHealth', needs: 'nothing', tag: 'Operations', refusals: [] },
  'GET /health/live': { id: 'getLiveness', needs: 'nothing', tag: 'Operations', refusals: [] },
  'GET /health/ready': { id: 'getReadiness', needs: 'nothing', tag: 'Operations', refusals: [] },
  'GET /metrics': { id: 'getMetrics', needs: 'nothing', tag: 'Operations', refusals: [404] },
  'GET /api/v1/system': { id: 'getSystem', needs: 'viewer', tag: 'Operations', refusals: [] },
  'GET /api/v1/logs': { id: 'listLogs', needs: 'viewer', ofAll: true, tag: 'Operations', refusals: [] },
  'GET /api/v1/flows/{id}/logs': { id: 'listFlowLogs', needs: 'viewer', tag: 'Operations', refusals: [404] },
  'GET /debug/pprof/profile': {
    id: 'getCpuProfile',
    needs: 'administrator',
    audit: true,
    ofAll: true,
    tag: 'Operations',
    refusals: [404, 409],
    headers: attachment,
  },
  'GET /debug/pprof/heap': {
    id: 'getHeapProfile',
    needs: 'administrator',
    audit: true,
    ofAll: true,
    tag: 'Operations',
    refusals: [404, 409],
    headers: attachment,
  },
};

/** The call of a route as Fastify knows it, such as `/api/v1/flows/:id`; undefined for what is none of the API. */
export const callOf = (method: string, route: string | undefined): Call | undefined =>
  route === undefined ? undefined : calls[`${method === 'HEAD' ? 'GET' : method} ${route.replace(/:(\w+)/g, '{$1}')}`];
