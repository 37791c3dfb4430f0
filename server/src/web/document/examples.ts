const components = [
  { id: 'vehicle', type: 'mavlink_input', config: { port: 14_550 } },
  {
    id: 'airborne',
    type: 'json_filter',
    config: { rules: [{ field: 'relative_alt', operator: 'gt', value: 1000 }] },
  },
  { id: 'control-room', type: 'websocket_output', config: { port: 9000 } },
];
const flow = {
  id: 'climb',
  name: 'Climb',
  description: 'Position of each vehicle in the air, to the control room',
  components,
  connections: [
    { from: 'vehicle.out', to: 'airborne.in' },
    { from: 'airborne.out', to: 'control-room.in', delivery: 'guaranteed' },
  ],
};
const time = '2026-03-01T12:00:00.000Z';
const finding = {
  severity: 'error',
  code: 'unknown_type',
  place: 'components[1].type',
  component: 'airborne',
  sentence: 'there is no component type "json_filtre"',
  hint: 'did you mean "json_filter"?',
};
const user = { name: 'eva', role: 'editor', flows: ['night-*'], created_at: time };
const browser = {
  id: 'q3Jx0aZ1b2C3d4E5',
  user: 'eva',
  from: '10.0.0.9',
  started_at: time,
  seen_at: time,
  is_own: true,
};
const apiToken = {
  id: 'b2C3d4E5f6G7',
  name: 'backup script',
  user: 'admin',
  role: 'administrator',
  created_at: time,
  expires_at: '2027-03-01T12:00:00.000Z',
};
const audited = { time, who: 'eva', from: '10.0.0.9', what: 'deployFlow', flow: 'night-shift', outcome: 'done' };
const version = { version: 3, deployed_at: time, note: 'only what flies' };
const componentType = {
  type: 'json_filter',
  category: 'processor',
  title: 'Filter',
  summary: 'Passes on the messages whose fields satisfy every rule.',
  icon: 'filter',
  keywords: ['condition'],
  ports: { in: { direction: 'input', kind: 'json', required: true } },
  config_schema: { type: 'object' },
  drops: {},
  examples: [],
};
const letter = {
  sequence: 41,
  component: 'airborne',
  port: 'in',
  reason: '"relative_alt" is no number',
  failed_at: time,
  message_id: 'vehicle-7',
  payload: { relative_alt: 'high' },
  can_resend: true,
};
const status = {
  flow: 'climb',
  desired: 'running',
  observed: 'running',
  version: 3,
  since: time,
  sentence: 'Running, 120 messages/s',
  notices: [],
  dead_letters: 0,
};
const entry = { sequence: 7, time, level: 'info', sentence: 'the flow runs', flow: 'climb', fields: { version: 3 } };
const preview = {
  made_at: time,
  made_by: 'v0.1.0',
  instance: 'edge-7',
  buckets: [{ bucket: 'semstreams_flows', added: ['climb'], changed: [], removed: [], unchanged: 4 }],
  buffers: [],
};
const csvFile = { name: 'measurements.csv', path: 'measurements.csv', kind: 'file', bytes: 120_400, changed_at: time };
const restored = { ...preview, undo_with: 'before-restore-20260301T120000Z.tar' };
const happening = {
  ...{
    sequence: 812,
    time: '2026-03-01T18:25:00.000Z',
    first_at: '2026-03-01T18:18:00.000Z',
    times: 7,
    kind: 'failed',
  },
  ...{ level: 'error', flow: 'climb', sentence: '“Control room”: port 9000 is used by another program' },
};
const check = { status: 'ok', info: { nats: { status: 'up' } }, error: {}, details: { nats: { status: 'up' } } };

/** What bodies and answers look like, by the names of their schemas. Each fits its schema. */
export const examples: Readonly<Record<string, unknown>> = {
  AnyDocument: flow,
  Applied: {
    dry_run: false,
    changed: true,
    flows: [
      {
        id: 'climb',
        action: 'change',
        deploys: true,
        version: 4,
        sentence: '"climb" was changed and deployed as version 4',
      },
    ],
  },
  BulkAction: { action: 'stop', flows: ['climb', 'descent'] },
  BulkOutcome: {
    items: [
      { flow: 'climb', status: 202 },
      { flow: 'descent', status: 404, detail: 'there is no flow "descent"' },
    ],
  },
  ChangedFlow: flow,
  ComponentType: componentType,
  ComponentTypes: { items: [componentType], total: 1 },
  DeadLetter: letter,
  DeadLetterChoice: { sequences: [41, 42] },
  DeadLetterPage: { total: 1, items: [letter] },
  DeployRequest: { note: 'only what flies' },
  Deployment: { flow: 'climb', version: 3, desired: 'running', changed_at: time },
  Discarded: { discarded: 2 },
  Findings: { findings: [finding] },
  FlowPage: {
    items: [
      {
        id: 'climb',
        name: 'Climb',
        revision: 7,
        component_count: 3,
        updated_at: time,
        deployed_version: 3,
        changed: false,
      },
    ],
    total: 1,
  },
  FileEntry: csvFile,
  FileList: { items: [{ name: 'maps', path: 'maps', kind: 'folder' }, csvFile], total: 2, is_cut: false },
  FilePreview: {
    path: 'measurements.csv',
    bytes: 120_400,
    changed_at: time,
    is_packed: false,
    read_as: { format: 'csv', encoding: 'utf-8', delimiter: ';', header: 'first_line', decimal_comma: true },
    columns: [{ path: 'temperature', types: ['number'], count: 1, values: ['21.5'] }],
    rows: [{ payload: '{"temperature":21.5}' }],
    last_rows: [{ payload: '{"temperature":20.9}' }],
    is_whole: false,
  },
  LinkList: {
    items: [
      {
        ...{ flow: 'climb', component: 'control-room', type: 'websocket_output', direction: 'to' },
        ...{ state: 'running', sentence: '1 receiver; "location-b" is 3 h 12 min behind, back in about 4 min' },
        far_sides: [
          {
            ...{ name: 'location-b', speaks: 'link', product: 'SemStreams v1.2.0', is_there: true, since: time },
            ...{ sentence: '3 h 12 min behind, back in about 4 min', waiting: 5200, waiting_bytes: 1_100_000 },
            ...{ behind_s: 11_520, back_in_s: 240, delay_ms: 35, missed: 0 },
          },
        ],
      },
    ],
    total: 1,
  },
  SeenConnections: {
    connections: [
      {
        from: 'vehicle.out',
        to: 'positions.in',
        looked_at: 31,
        fields: [
          { path: 'altitude', types: ['number'], count: 31, values: ['120.5', '120.1'] },
          { path: '["pm2.5"]', types: ['number', 'empty'], count: 12, values: ['null', '8.1'] },
        ],
        is_cut: false,
      },
    ],
  },
  RecentMessages: {
    messages: [
      {
        id: 'drone-telemetry.vehicle.mgy4k2a7-1',
        time: '2026-11-03T08:15:00.000Z',
        headers: { address: '127.0.0.1:14550' },
        payload: '{"altitude":120.5}',
        is_cut: false,
      },
    ],
  },
  FlowStatus: {
    ...status,
    components: [],
    connections: [
      {
        from: 'airborne.out',
        to: 'control-room.in',
        delivery: 'guaranteed',
        per_second: 120,
        total: 42_000,
        waiting: 12,
        waiting_bytes: 2048,
        dropped_total: 0,
        oldest_waiting: '2m5s',
      },
    ],
  },
  GivenSet: { flows: [flow] },
  HappeningPage: { items: [happening], total: 1 },
  Health: {
    status: 'healthy',
    version: 'v0.1.0',
    uptime: '24h30m15s',
    components: { nats: 'connected', flows: 'running' },
    sentences: [],
  },
  HealthCheck: check,
  History: {
    from: time,
    to: '2026-03-01T12:00:30.000Z',
    step_s: 10,
    series: [{ flow: 'climb', figure: 'in', unit: 'messages/s', values: [119.8, 120.1, null] }],
  },
  Injected: { accepted: 1 },
  Injection: { payloads: [{ relative_alt: 2000 }] },
  KeptBackups: { items: [{ name: 'before-restore-20260301T120000Z.tar', bytes: 20_480, made_at: time }], total: 1 },
  LogPage: { items: [entry], latest: 7 },
  NewFlow: flow,
  ProbeAnswer: { works: true, sentence: 'Connected to ws://location-a:9000: a SemStreams that links is there' },
  ProbeRequest: { config: { url: 'ws://location-a:9000' } },
  Resent: { resent: 2, failed: [], left: 0 },
  Restoration: { version: 2 },
  RestoreOutcome: restored,
  StoredFlow: { ...flow, revision: 7 },
  SystemInfo: {
    name: 'edge-7',
    version: 'v0.1.0',
    uptime: '24h30m15s',
    started_at: time,
    node_version: 'v22.20.0',
    nats: { state: 'connected', server_version: '2.14.3', managed: true },
    memory_bytes: 104_857_600,
    flows: { running: 1, total: 1 },
    troubles: [],
  },
  Session: { login: 'needed', user: 'eva', role: 'editor', flows: ['night-*'], expires_at: time },
  Login: { user: 'eva', password: 'correct horse' },
  PasswordChange: { present: 'correct horse', next: 'battery staple' },
  OpenSession: browser,
  SessionList: { items: [browser], total: 1 },
  Trial: {
    at: { component: 'vehicle', port: 'out' },
    tried: 1,
    is_cut: false,
    findings: [],
    messages: [{ id: 'trial-1', time, headers: {}, payload: '{"relative_alt":900}', is_cut: false }],
    components: [
      { id: 'vehicle', state: 'muted', in: 0, out: {}, nothing: 0, failed: 0 },
      { id: 'airborne', state: 'tried', in: 1, out: { rejected: 1 }, nothing: 0, failed: 0 },
      { id: 'control-room', state: 'muted', in: 0, out: {}, nothing: 0, failed: 0 },
    ],
    steps: [
      {
        component: 'airborne',
        port: 'in',
        given: 0,
        outcome: 'made',
        made: [{ port: 'rejected', message: 0 }],
        reason: 'relative_alt is 900, and not above 1000',
      },
    ],
    connections: [],
  },
  TrialRequest: {
    flow,
    at: { component: 'vehicle' },
    messages: [{ payload: { relative_alt: 900 }, headers: { address: '127.0.0.1:14550' } }],
  },
  User: user,
  UserList: { items: [user], total: 1 },
  NewUser: { name: 'eva', role: 'editor', flows: ['night-*'], password: 'correct horse' },
  UserChange: { role: 'operator', flows: null },
  ApiToken: apiToken,
  TokenList: { items: [apiToken], total: 1 },
  NewApiToken: { name: 'backup script', role: 'administrator', expires_in_days: 365 },
  MadeApiToken: { ...apiToken, token: 'sst_…' },
  AuditEntry: audited,
  AuditPage: { items: [audited], more: false },
  Version: { ...version, flow },
  VersionList: { items: [version], total: 1 },
};

const tapped = {
  seen: 240,
  messages: [{ id: 'vehicle-7', time, headers: {}, payload: '{"relative_alt":2000}', is_cut: false }],
};
const yaml = 'id: climb\ncomponents:\n  - { id: source, type: simulator_input }\n  - { id: file, type: file_output }\n';
const samples: Readonly<Record<string, string>> = {
  'text/event-stream': `event: tapped\ndata: ${JSON.stringify(tapped)}\n\n`,
  'application/yaml': yaml,
  'text/csv': 'time,climb in (messages/s)\r\n2026-03-01T12:00:00.000Z,119.8\r\n',
  'text/plain': '# TYPE semstreams_flow_running gauge\nsemstreams_flow_running{flow="climb"} 1\n',
};

/** The example of a media type, by the name that its schema refers to. */
export const exampleOf = (schema: unknown, mediaType: string): unknown => {
  const { $ref } = (schema ?? {}) as { readonly $ref?: string };
  if (mediaType in samples) return samples[mediaType];
  return $ref === undefined ? undefined : examples[$ref.slice($ref.lastIndexOf('/') + 1)];
};
