/** Made from docs/reference/openapi.json by scripts/openapi/typescript-client.mjs: change those. */

export interface Schemas {
  Category: "input" | "processor" | "output";
  ComponentTypes: { "items": (Schemas['ComponentType'])[]; "total": number; "next"?: string; };
  ComponentType: { "type": Schemas['TypeId']; "category": Schemas['Category']; "title": string; "summary": string; "icon": string; "keywords": (string)[]; "ports": Record<string, Schemas['Port']>; "opens"?: Schemas['OpenedPorts']; "config_schema": Record<string, unknown>; "drops": Record<string, string>; "probes"?: string; "examples": (Schemas['Example'])[]; };
  TypeId: string;
  Port: { "direction": "input" | "output"; "kind": Schemas['PortKind']; "title"?: string; "description"?: string; "required": boolean; "delivery"?: (Schemas['Delivery']); };
  PortKind: "json" | "bytes" | "any";
  Delivery: "live" | "guaranteed";
  OpenedPorts: { "list": string; "name": string; "port": { "direction": "output"; "kind": Schemas['PortKind']; "title"?: string; "description"?: string; "required": boolean; "delivery"?: (Schemas['Delivery']); }; };
  Example: { "title": string; "config": Record<string, unknown>; "given"?: Record<string, (unknown)[]>; "expect"?: Record<string, (unknown)[]>; };
  ProbeRequest: { "config"?: Record<string, unknown>; };
  ProbeAnswer: { "works": boolean; "sentence": string; };
  BulkAction: { "action": "deploy" | "start" | "stop" | "delete"; "flows": (string)[]; "discard_waiting"?: boolean; };
  BulkOutcome: { "items": ({ "flow": string; "status": number; "detail"?: string; "findings"?: (Schemas['Finding'])[]; })[]; };
  Finding: { "severity": "error" | "warning"; "code": string; "place": string; "component"?: string; "field"?: string; "sentence": string; "hint"?: string; "instead"?: string; };
  FlowPage: { "items": (Schemas['FlowSummary'])[]; "total": number; "next"?: string; };
  FlowSummary: { "id": string; "name": string; "description"?: string; "revision": number; "component_count": number; "updated_at": string; "deployed_version"?: number; "changed": boolean; "damaged"?: string; };
  NewFlow: { "id"?: Schemas['Id']; "name"?: string; "description"?: string; "lane"?: "shared" | "own"; "components": (Schemas['GivenComponent'])[]; "connections"?: (Schemas['GivenConnection'])[]; "layout"?: Record<string, { "x": number; "y": number; }>; "revision"?: number; };
  Id: string;
  GivenComponent: { "id": Schemas['Id']; "type": Schemas['TypeId']; "name"?: string; "config"?: Record<string, unknown>; };
  GivenConnection: { "from": Schemas['Endpoint']; "to": Schemas['Endpoint']; "delivery"?: Schemas['Delivery']; "buffer"?: Schemas['GivenConnectionBuffer']; };
  Connection: { "from": Schemas['Endpoint']; "to": Schemas['Endpoint']; "delivery"?: Schemas['Delivery']; "buffer"?: Schemas['ConnectionBuffer']; };
  Endpoint: string;
  GivenConnectionBuffer: { "max_bytes"?: string; "max_age"?: string; "when_full"?: "drop_oldest" | "block"; };
  ConnectionBuffer: { "max_bytes"?: string; "max_age"?: string; "when_full"?: "drop_oldest" | "block"; };
  StoredFlow: { "id": Schemas['Id']; "name": string; "description"?: string; "lane"?: "shared" | "own"; "components": (Schemas['Component'])[]; "connections"?: (Schemas['Connection'])[]; "layout"?: Record<string, { "x": number; "y": number; }>; "revision": number; };
  Component: { "id": Schemas['Id']; "type": Schemas['TypeId']; "name"?: string; "config"?: Record<string, unknown>; };
  AnyDocument: unknown;
  Findings: { "findings": (Schemas['Finding'])[]; };
  ChangedFlow: { "id": Schemas['Id']; "name": string; "description"?: string; "lane"?: "shared" | "own"; "components": (Schemas['GivenComponent'])[]; "connections"?: (Schemas['GivenConnection'])[]; "layout"?: Record<string, { "x": number; "y": number; }>; "revision"?: number; };
  VersionList: { "items": (Schemas['VersionSummary'])[]; "total": number; "next"?: string; };
  VersionSummary: { "version": number; "deployed_at": string; "note"?: string; };
  Version: { "version": number; "deployed_at": string; "note"?: string; "flow": Schemas['Flow']; };
  Flow: { "id": Schemas['Id']; "name": string; "description"?: string; "lane"?: "shared" | "own"; "components": (Schemas['Component'])[]; "connections"?: (Schemas['Connection'])[]; "layout"?: Record<string, { "x": number; "y": number; }>; };
  Restoration: { "version"?: number; };
  ComponentState: "stopped" | "starting" | "running" | "waiting" | "failed";
  LinkList: { "items": (Schemas['Link'])[]; "total": number; "next"?: string; };
  Link: { "flow": Schemas['Id']; "component": Schemas['Id']; "type": Schemas['TypeId']; "direction": "to" | "from"; "state": Schemas['ComponentState']; "sentence": string; "far_sides": (Schemas['FarSide'])[]; };
  FarSide: { "name": string; "speaks": "link" | "plain"; "product"?: string; "is_there": boolean; "since"?: string; "sentence": string; "waiting"?: number; "waiting_bytes"?: number; "behind_s"?: number; "back_in_s"?: number; "delay_ms"?: number; "missed"?: number; "forgotten_in_s"?: number; };
  DeployRequest: { "note"?: string; "discard_waiting"?: boolean; };
  Deployment: { "flow": Schemas['Id']; "version": number; "desired": Schemas['Desired']; "changed_at": string; };
  Desired: "running" | "stopped";
  FlowStatus: { "flow": Schemas['Id']; "desired": Schemas['Desired']; "observed": Schemas['Observed']; "version": number; "since"?: string; "sentence": string; "notices": (Schemas['Notice'])[]; "dead_letters": number; "components": (Schemas['ComponentStatus'])[]; "connections": (Schemas['ConnectionStatus'])[]; };
  Observed: "stopped" | "starting" | "running" | "degraded" | "failed" | "stopping";
  Notice: { "kind": "failed" | "silent" | "loses" | "waits" | "unclaimed" | "nearly_full" | "passes_nothing" | "nothing_comes"; "component": Schemas['Id']; "name": string; "sentence": string; "since": string; };
  ComponentStatus: { "id": Schemas['Id']; "type": Schemas['TypeId']; "state": Schemas['ComponentState']; "sentence": string; "in_per_second": number; "out_per_second": number; "in_total": number; "out_total": number; "dropped_total": number; "dropped": Record<string, number>; "errors_total": number; "dropped_per_minute": number; "errors_per_minute": number; "lost_ratio": number; "waiting": number; "trouble"?: string; "since"?: string; "facts": Record<string, unknown>; };
  ConnectionStatus: { "from": string; "to": string; "delivery": Schemas['Delivery']; "per_second": number; "total": number; "waiting": number; "waiting_bytes": number; "dropped_total": number; "oldest_waiting"?: string; };
  Injection: { "port"?: string; "payloads": (unknown)[]; };
  Injected: { "accepted": number; };
  GivenSet: Schemas['FlowSet'];
  FlowSet: { "flows": (Schemas['FlowDocument'])[]; };
  FlowDocument: { "id"?: Schemas['Id']; "name"?: string; "description"?: string; "lane"?: "shared" | "own"; "components": (Schemas['GivenComponent'])[]; "connections"?: (Schemas['GivenConnection'])[]; "layout"?: Record<string, { "x": number; "y": number; }>; };
  Applied: { "dry_run": boolean; "changed": boolean; "flows": (Schemas['AppliedFlow'])[]; };
  AppliedFlow: { "id": string; "action": "create" | "change" | "none" | "remove"; "deploys": boolean; "version"?: number; "sentence": string; };
  DeadLetterPage: { "total": number; "items": (Schemas['DeadLetter'])[]; "next"?: string; };
  DeadLetter: { "sequence": number; "component": (Schemas['Id']); "port"?: string; "reason": string; "failed_at": string; "message_id"?: string; "message_time"?: string; "payload": unknown; "can_resend": boolean; };
  DeadLetterChoice: { "sequences"?: (number)[]; };
  Resent: { "resent": number; "failed": ({ "sequence": number; "sentence": string; })[]; "left": number; };
  Discarded: { "discarded": number; };
  SeenConnections: { "connections": (Schemas['SeenConnection'])[]; };
  SeenConnection: { "from": string; "to": string; "looked_at": number; "fields": (Schemas['SeenField'])[]; "is_cut": boolean; };
  SeenField: { "path": string; "types": ("text" | "number" | "yes_no" | "empty" | "object" | "list" | "bytes")[]; "count": number; "values": (string)[]; };
  RecentMessages: { "messages": (Schemas['TappedMessage'])[]; };
  TappedMessage: { "id": string; "time": string; "headers": Record<string, string>; "payload": string; "is_cut": boolean; };
  Tapped: { "seen": number; "messages": (Schemas['TappedMessage'])[]; };
  TrialRequest: { "flow": unknown; "at"?: { "component": string; "port"?: string; }; "messages": (Schemas['TrialMessage'])[]; };
  TrialMessage: { "payload"?: unknown; "text"?: string; "base64"?: string; "headers"?: Record<string, string>; "time"?: string; };
  Trial: { "at": { "component": string; "port": string; }; "tried": number; "is_cut": boolean; "sentence"?: string; "findings": (Schemas['Finding'])[]; "messages": (Schemas['TappedMessage'])[]; "components": (Schemas['TriedComponent'])[]; "steps": (Schemas['TrialStep'])[]; "connections": (Schemas['SeenConnection'])[]; };
  TriedComponent: { "id": string; "state": "tried" | "muted" | "broken"; "sentence"?: string; "in": number; "out": Record<string, number>; "nothing": number; "failed": number; "facts"?: Record<string, unknown>; };
  TrialStep: { "component": string; "port"?: string; "given"?: number; "outcome": "made" | "nothing" | "failed" | "sent" | "stopped"; "made": ({ "port": string; "message": number; })[]; "reason"?: string; };
  RestoreOutcome: { "made_at": string; "made_by": string; "instance": string; "buckets": (Schemas['BucketChanges'])[]; "buffers": ({ "stream": string; "messages": number; })[]; "undo_with"?: string; };
  BucketChanges: { "bucket": string; "added": (string)[]; "changed": (string)[]; "removed": (string)[]; "unchanged": number; };
  KeptBackups: { "items": (Schemas['KeptBackup'])[]; "total": number; "next"?: string; };
  KeptBackup: { "name": string; "bytes": number; "made_at": string; };
  AuditPage: { "items": (Schemas['AuditEntry'])[]; "more": boolean; "next"?: string; };
  AuditEntry: { "time": string; "who": string; "from": string; "what": string; "flow"?: string; "outcome": "done" | "refused" | "failed"; "detail"?: string; };
  Session: { "login": "open" | "needed"; "user"?: string; "role"?: "viewer" | "operator" | "editor" | "administrator"; "flows"?: (string)[]; "expires_at"?: string; "first_password_file"?: string; };
  Login: { "user": string; "password": string; };
  PasswordChange: { "present": string; "next": string; };
  SessionList: { "items": (Schemas['OpenSession'])[]; "total": number; "next"?: string; };
  OpenSession: { "id": string; "user": string; "from": string; "started_at": string; "seen_at": string; "is_own": boolean; };
  TokenList: { "items": (Schemas['ApiToken'])[]; "total": number; "next"?: string; };
  ApiToken: { "id": string; "name": string; "user": string; "role": "viewer" | "operator" | "editor" | "administrator"; "flows"?: (string)[]; "created_at": string; "expires_at": string; "used_at"?: string; };
  NewApiToken: { "name": string; "role": "viewer" | "operator" | "editor" | "administrator"; "flows"?: (string)[]; "expires_in_days"?: number; };
  MadeApiToken: { "id": string; "name": string; "user": string; "role": "viewer" | "operator" | "editor" | "administrator"; "flows"?: (string)[]; "created_at": string; "expires_at": string; "used_at"?: string; "token": string; };
  UserList: { "items": (Schemas['User'])[]; "total": number; "next"?: string; };
  User: { "name": string; "role": "viewer" | "operator" | "editor" | "administrator"; "flows"?: (string)[]; "created_at": string; };
  NewUser: { "name": string; "role": "viewer" | "operator" | "editor" | "administrator"; "flows"?: (string)[]; "password": string; };
  UserChange: { "role"?: "viewer" | "operator" | "editor" | "administrator"; "flows"?: (string)[]; "password"?: string; };
  HappeningKind: "deployed" | "asked" | "deleted" | "runs" | "stopped" | "failed" | "lane_ended" | "waits" | "goes_on" | "needs_attention" | "well_again" | "messages_failed" | "messages_dropped" | "link_up" | "link_down" | "server_started" | "server_ended" | "nats_lost" | "nats_back" | "disk" | "clock_set";
  LogLevel: "debug" | "info" | "warn" | "error";
  HappeningPage: { "items": (Schemas['Happening'])[]; "total": number; "next"?: string; };
  Happening: { "sequence": number; "time": string; "first_at": string; "times": number; "kind": Schemas['HappeningKind']; "level": "debug" | "info" | "warn" | "error"; "sentence": string; "flow"?: Schemas['Id']; "component"?: Schemas['Id']; "who"?: string; "messages"?: number; };
  History: { "from": string; "to": string; "step_s": number; "series": (Schemas['HistorySeries'])[]; };
  HistorySeries: { "flow"?: string; "component"?: string; "figure": Schemas['HistoryFigure']; "unit": string; "values": (number)[]; };
  HistoryFigure: "in" | "out" | "rejected" | "failed" | "dropped" | "waiting" | "waiting_bytes" | "oldest_waiting" | "latency_p50" | "latency_p95" | "latency_p99" | "dead_letters" | "running" | "cpu" | "memory" | "disk_used";
  FileList: { "items": (Schemas['FileEntry'])[]; "total": number; "next"?: string; "is_cut": boolean; };
  FileEntry: { "name": string; "path": string; "kind": "folder" | "file" | "link" | "other"; "bytes"?: number; "changed_at"?: string; };
  FilePreview: { "path": string; "bytes": number; "changed_at": string; "is_packed": boolean; "read_as"?: (Schemas['ReadAs']); "columns": (Schemas['SeenField'])[]; "rows": (Schemas['FileRow'])[]; "last_rows": (Schemas['FileRow'])[]; "is_whole": boolean; "hex"?: string; "problem"?: string; };
  ReadAs: { "format": "json_lines" | "json" | "csv" | "text" | "tlog"; "encoding": "utf-8" | "windows-1252" | "utf-16le" | "utf-16be"; "delimiter"?: string; "header"?: "first_line" | "none"; "decimal_comma"?: boolean; };
  FileRow: { "payload"?: string; "problem"?: string; };
  FlowOverview: { "flow": Schemas['Id']; "desired": Schemas['Desired']; "observed": Schemas['Observed']; "version": number; "since"?: string; "sentence": string; "notices": (Schemas['Notice'])[]; "dead_letters": number; "in_per_second": number; "out_per_second": number; "waiting": number; "dropped_total": number; "errors_total": number; "dropped_per_minute": number; "errors_per_minute": number; };
  Health: { "status": "healthy" | "degraded" | "unhealthy"; "version": string; "commit"?: string; "uptime": string; "components": Record<string, string>; "sentences": (string)[]; };
  HealthCheck: { "status": "ok"; "info": Record<string, { "status": "up" | "down"; }>; "error": Record<string, { "status": "up" | "down"; }>; "details": Record<string, { "status": "up" | "down"; }>; };
  SystemInfo: { "name": string; "version": string; "commit"?: string; "uptime": string; "started_at": string; "node_version": string; "nats": { "state": "connected" | "disconnected"; "sentence"?: string; "server_version"?: string; "managed": boolean; }; "memory_bytes": number; "flows": { "running": number; "total": number; }; "troubles": ({ "source": string; "sentence": string; })[]; };
  LogPage: { "items": (Schemas['LogEntry'])[]; "next"?: string; "latest": number; };
  LogEntry: { "sequence": number; "time": string; "level": Schemas['LogLevel']; "sentence": string; "part"?: string; "flow"?: Schemas['Id']; "component"?: Schemas['Id']; "fields": Record<string, unknown>; };
  Problem: { "type": "/api/docs/problems#wrong-request" | "/api/docs/problems#login-needed" | "/api/docs/problems#not-allowed" | "/api/docs/problems#foreign-page" | "/api/docs/problems#not-found" | "/api/docs/problems#other-method" | "/api/docs/problems#too-slow" | "/api/docs/problems#conflict" | "/api/docs/problems#would-lose-messages" | "/api/docs/problems#changed-meanwhile" | "/api/docs/problems#too-large" | "/api/docs/problems#too-long-an-address" | "/api/docs/problems#other-content" | "/api/docs/problems#no-such-range" | "/api/docs/problems#other-expectation" | "/api/docs/problems#unusable" | "/api/docs/problems#key-used-before" | "/api/docs/problems#revision-needed" | "/api/docs/problems#too-often" | "/api/docs/problems#too-large-a-head" | "/api/docs/problems#failed" | "/api/docs/problems#away" | "/api/docs/problems#no-room"; "title": string; "status": number; "detail"?: string; "instance"?: string; "findings"?: (Schemas['Finding'])[]; };
}

/** What each call takes and answers. */
export interface Calls {
  /** All that can be placed in a flow */
  listComponentTypes: { given: { query?: { "limit"?: number; "after"?: string; "sort"?: "category" | "-category" | "title" | "-title" | "type" | "-type"; "search"?: string; "category"?: "input" | "processor" | "output"; }; }; answer: Schemas['ComponentTypes'] };
  /** One component type */
  getComponentType: { given: { path: { "type": string; }; }; answer: Schemas['ComponentType'] };
  /** Tests whether a component with this config would find its far side */
  probeComponent: { given: { path: { "type": string; }; body: Schemas['ProbeRequest']; }; answer: Schemas['ProbeAnswer'] };
  /** Deploy, start, stop or delete many flows, with an answer for each */
  runBulkAction: { given: { body: Schemas['BulkAction']; }; answer: Schemas['BulkOutcome'] };
  /** All flows, without what is inside */
  listFlows: { given: { query?: { "limit"?: number; "after"?: string; "sort"?: "name" | "-name" | "id" | "-id" | "updated_at" | "-updated_at"; "search"?: string; "deployed"?: boolean; "offset"?: number; }; }; answer: Schemas['FlowPage'] };
  /** Keep a new flow; id and name are made where they are left out */
  createFlow: { given: { query?: { "name"?: string; }; body: Schemas['NewFlow']; }; answer: Schemas['StoredFlow'] };
  /** What is wrong with a document, saved or not */
  validateFlow: { given: { body: Schemas['AnyDocument']; }; answer: Schemas['Findings'] };
  /** A flow as it is edited */
  getFlow: { given: { path: { "id": string; }; header?: { "If-None-Match"?: string; }; }; answer: Schemas['StoredFlow'] | undefined };
  /** Make a flow what the body says: a new one, or one that nobody changed meanwhile */
  saveFlow: { given: { path: { "id": string; }; header?: { "If-None-Match"?: "*"; "If-Match"?: string; }; body: Schemas['ChangedFlow']; }; answer: Schemas['StoredFlow'] };
  /** Delete a flow that does not run, with its versions */
  deleteFlow: { given: { path: { "id": string; }; query?: { "dry_run"?: boolean; "discard_waiting"?: boolean; }; header?: { "If-Match"?: string; }; }; answer: undefined };
  /** What was deployed, newest first */
  listVersions: { given: { path: { "id": string; }; query?: { "limit"?: number; "after"?: string; "sort"?: "version" | "-version" | "deployed_at" | "-deployed_at"; "search"?: string; }; }; answer: Schemas['VersionList'] };
  /** One version, whole */
  getVersion: { given: { path: { "id": string; "version": number; }; }; answer: Schemas['Version'] };
  /** Make an older version the draft; what runs stays as it is */
  restoreVersion: { given: { path: { "id": string; }; header?: { "If-Match"?: string; }; body?: Schemas['Restoration']; }; answer: Schemas['StoredFlow'] };
  /** The links with other locations, and who is at their other ends */
  listLinks: { given: { query?: { "limit"?: number; "after"?: string; "sort"?: "flow" | "-flow" | "component" | "-component" | "state" | "-state"; "search"?: string; "flow"?: string; "direction"?: "to" | "from"; "state"?: "stopped" | "starting" | "running" | "waiting" | "failed"; }; }; answer: Schemas['LinkList'] };
  /** Make the draft the version that should run */
  deployFlow: { given: { path: { "id": string; }; query?: { "wait"?: string; }; header?: { "If-Match"?: string; }; body?: Schemas['DeployRequest']; }; answer: Schemas['Deployment'] };
  /** Let the deployed version run */
  startFlow: { given: { path: { "id": string; }; query?: { "wait"?: string; }; }; answer: Schemas['Deployment'] };
  /** Drain and stop */
  stopFlow: { given: { path: { "id": string; }; query?: { "wait"?: string; }; }; answer: Schemas['Deployment'] };
  /** What the flow does now */
  getStatus: { given: { path: { "id": string; }; }; answer: Schemas['FlowStatus'] };
  /** Hand messages to a component, or emit them from an input */
  injectMessages: { given: { path: { "id": string; "component": string; }; header?: { "Idempotency-Key"?: string; }; body: Schemas['Injection']; }; answer: Schemas['Injected'] };
  /** Make a set of flows what they should be, all or none */
  applyFlows: { given: { query?: { "dry_run"?: boolean; "prune"?: boolean; "deploy"?: boolean; "discard_waiting"?: boolean; "wait"?: string; }; body: Schemas['GivenSet'] | string; }; answer: Schemas['Applied'] };
  /** Messages that can never work where they were, newest first */
  listDeadLetters: { given: { path: { "id": string; }; query?: { "limit"?: number; "after"?: string; "sort"?: "sequence" | "-sequence"; "search"?: string; "before"?: number; "component"?: string; }; }; answer: Schemas['DeadLetterPage'] };
  /** Throw all dead letters of a flow away */
  discardDeadLetters: { given: { path: { "id": string; }; }; answer: Schemas['Discarded'] };
  /** One dead letter */
  getDeadLetter: { given: { path: { "id": string; "sequence": number; }; }; answer: Schemas['DeadLetter'] };
  /** Throw one dead letter away */
  discardDeadLetter: { given: { path: { "id": string; "sequence": number; }; }; answer: undefined };
  /** Send dead letters again, those named or up to a thousand of the oldest */
  resendDeadLetters: { given: { path: { "id": string; }; header?: { "Idempotency-Key"?: string; }; body?: Schemas['DeadLetterChoice']; }; answer: Schemas['Resent'] };
  /** The fields that came by at each connection */
  listSeenFields: { given: { path: { "id": string; }; }; answer: Schemas['SeenConnections'] };
  /** The last messages of a connection that were looked at */
  listRecentMessages: { given: { path: { "id": string; "from": string; }; query?: { "to"?: string; }; }; answer: Schemas['RecentMessages'] };
  /** Look at the messages of a connection, as server-sent events */
  tapConnection: { given: { path: { "id": string; "from": string; }; query?: { "to"?: string; }; }; answer: string };
  /** Try a flow, saved or not, with some messages: what each component makes of each */
  tryFlow: { given: { body: Schemas['TrialRequest']; }; answer: Schemas['Trial'] };
  /** Everything out, as a tar archive, or sealed with a passphrase */
  makeBackup: { given: { query?: { "with_buffers"?: boolean; }; header?: { "backup-passphrase"?: string; }; }; answer: Blob };
  /** Everything in: make what is kept equal a backup, or say what that would change */
  restoreBackup: { given: { query?: { "preview"?: boolean; }; header?: { "backup-passphrase"?: string; }; body: Blob; }; answer: Schemas['RestoreOutcome'] };
  /** The backups in the backup folder of this device, newest first */
  listBackups: { given: { query?: { "limit"?: number; "after"?: string; "sort"?: "made_at" | "-made_at" | "name" | "-name" | "bytes" | "-bytes"; "search"?: string; }; }; answer: Schemas['KeptBackups'] };
  /** Restore a backup of the backup folder, such as the one from before the last restore */
  restoreKeptBackup: { given: { path: { "name": string; }; query?: { "preview"?: boolean; }; header?: { "backup-passphrase"?: string; }; }; answer: Schemas['RestoreOutcome'] };
  /** Who did what, when, from where */
  listAudit: { given: { query?: { "limit"?: number; "after"?: string; "sort"?: "time" | "-time"; "search"?: string; "before"?: string; "who"?: string; "what"?: string; "flow"?: string; "outcome"?: "done" | "refused" | "failed"; }; }; answer: Schemas['AuditPage'] };
  /** Who asks, and whether anybody has to log in */
  getSession: { given: { }; answer: Schemas['Session'] };
  /** Log in: the answer carries a cookie, which browsers show from then on */
  logIn: { given: { body: Schemas['Login']; }; answer: Schemas['Session'] };
  /** Log out */
  logOut: { given: { }; answer: undefined };
  /** Change the own password; other browsers of this user are logged out */
  changePassword: { given: { body: Schemas['PasswordChange']; }; answer: undefined };
  /** Browsers that are logged in: the own ones, or all for an administrator */
  listSessions: { given: { query?: { "limit"?: number; "after"?: string; "sort"?: "user" | "-user" | "started_at" | "-started_at" | "seen_at" | "-seen_at"; "search"?: string; "user"?: string; }; }; answer: Schemas['SessionList'] };
  /** Log a browser out */
  endSession: { given: { path: { "id": string; }; }; answer: undefined };
  /** Tokens of scripts: the own ones, or all for an administrator */
  listTokens: { given: { query?: { "limit"?: number; "after"?: string; "sort"?: "name" | "-name" | "user" | "-user" | "created_at" | "-created_at" | "expires_at" | "-expires_at"; "search"?: string; "user"?: string; "role"?: "viewer" | "operator" | "editor" | "administrator"; }; }; answer: Schemas['TokenList'] };
  /** Make a token for a script; its text is told this once */
  createToken: { given: { body: Schemas['NewApiToken']; }; answer: Schemas['MadeApiToken'] };
  /** Make a token worthless */
  deleteToken: { given: { path: { "id": string; }; }; answer: undefined };
  /** All users */
  listUsers: { given: { query?: { "limit"?: number; "after"?: string; "sort"?: "name" | "-name" | "created_at" | "-created_at"; "search"?: string; "role"?: "viewer" | "operator" | "editor" | "administrator"; }; }; answer: Schemas['UserList'] };
  /** Make a user; from the first one on everybody has to log in */
  createUser: { given: { body: Schemas['NewUser']; }; answer: Schemas['User'] };
  /** Change role, flows or password of a user; who is logged in as this user has to log in again */
  changeUser: { given: { path: { "name": string; }; body: Schemas['UserChange']; }; answer: Schemas['User'] };
  /** Remove a user, with all sessions and tokens */
  deleteUser: { given: { path: { "name": string; }; }; answer: undefined };
  /** What happened to flows and to the server, the newest first */
  listHappenings: { given: { query?: { "limit"?: number; "after"?: string; "sort"?: "time" | "-time" | "first_at" | "-first_at"; "search"?: string; "flow"?: string; "component"?: string; "kind"?: "deployed" | "asked" | "deleted" | "runs" | "stopped" | "failed" | "lane_ended" | "waits" | "goes_on" | "needs_attention" | "well_again" | "messages_failed" | "messages_dropped" | "link_up" | "link_down" | "server_started" | "server_ended" | "nats_lost" | "nats_back" | "disk" | "clock_set"; "level"?: "debug" | "info" | "warn" | "error"; "since"?: string; }; }; answer: Schemas['HappeningPage'] };
  /** How flows did over time */
  getHistory: { given: { query?: { "flow"?: string; "component"?: string; "each"?: "flow" | "component"; "figure"?: string; "from"?: string; "to"?: string; "step"?: string; "format"?: "json" | "csv"; }; }; answer: Schemas['History'] | string };
  /** What lies in a folder that flows may use */
  listFiles: { given: { query?: { "limit"?: number; "after"?: string; "sort"?: "name" | "-name" | "bytes" | "-bytes" | "changed_at" | "-changed_at"; "search"?: string; "path"?: string; }; }; answer: Schemas['FileList'] };
  /** What a file holds, and how it is read */
  previewFile: { given: { query: { "path": string; }; }; answer: Schemas['FilePreview'] };
  /** A file as it is */
  downloadFile: { given: { query: { "path": string; }; }; answer: Blob };
  /** Upload a file */
  uploadFile: { given: { query: { "path": string; "overwrite"?: boolean; }; body: Blob; }; answer: Schemas['FileEntry'] };
  /** Remove a file */
  deleteFile: { given: { query: { "path": string; }; }; answer: undefined };
  /** What changes, as server-sent events */
  listenToEvents: { given: { query?: { "flow"?: string; }; }; answer: string };
  /** How the whole is; 503 when it is unhealthy */
  getHealth: { given: { }; answer: Schemas['Health'] };
  /** Whether the process answers */
  getLiveness: { given: { }; answer: Schemas['HealthCheck'] };
  /** Whether flows can be kept and deployed; 503 while NATS is away */
  getReadiness: { given: { }; answer: Schemas['HealthCheck'] };
  /** About this installation */
  getSystem: { given: { }; answer: Schemas['SystemInfo'] };
  /** All counters, for Prometheus; the path is that of "metrics.path" */
  getMetrics: { given: { }; answer: string };
  /** The last lines of the log */
  listLogs: { given: { query?: { "limit"?: number; "after"?: number; "sort"?: "sequence" | "-sequence"; "search"?: string; "level"?: "debug" | "info" | "warn" | "error"; "component"?: string; }; }; answer: Schemas['LogPage'] };
  /** The last lines of the log that are about a flow */
  listFlowLogs: { given: { path: { "id": string; }; query?: { "limit"?: number; "after"?: number; "sort"?: "sequence" | "-sequence"; "search"?: string; "level"?: "debug" | "info" | "warn" | "error"; "component"?: string; }; }; answer: Schemas['LogPage'] };
  /** Where CPU time is spent, for `go tool pprof` and the like; only with "debug.pprof" */
  getCpuProfile: { given: { query?: { "seconds"?: number; }; }; answer: Blob };
  /** What lives in memory, for `go tool pprof` and the like; only with "debug.pprof" */
  getHeapProfile: { given: { }; answer: Blob };
}

/** Where each call leads. */
export const calls = {
  listComponentTypes: ['GET', '/api/v1/component-types'],
  getComponentType: ['GET', '/api/v1/component-types/{type}'],
  probeComponent: ['POST', '/api/v1/component-types/{type}/probe'],
  runBulkAction: ['POST', '/api/v1/flows/actions'],
  listFlows: ['GET', '/api/v1/flows'],
  createFlow: ['POST', '/api/v1/flows'],
  validateFlow: ['POST', '/api/v1/flows/validate'],
  getFlow: ['GET', '/api/v1/flows/{id}'],
  saveFlow: ['PUT', '/api/v1/flows/{id}'],
  deleteFlow: ['DELETE', '/api/v1/flows/{id}'],
  listVersions: ['GET', '/api/v1/flows/{id}/versions'],
  getVersion: ['GET', '/api/v1/flows/{id}/versions/{version}'],
  restoreVersion: ['POST', '/api/v1/flows/{id}/restore'],
  listLinks: ['GET', '/api/v1/links'],
  deployFlow: ['POST', '/api/v1/flows/{id}/deploy'],
  startFlow: ['POST', '/api/v1/flows/{id}/start'],
  stopFlow: ['POST', '/api/v1/flows/{id}/stop'],
  getStatus: ['GET', '/api/v1/flows/{id}/status'],
  injectMessages: ['POST', '/api/v1/flows/{id}/components/{component}/inject'],
  applyFlows: ['POST', '/api/v1/apply'],
  listDeadLetters: ['GET', '/api/v1/flows/{id}/dead-letters'],
  discardDeadLetters: ['DELETE', '/api/v1/flows/{id}/dead-letters'],
  getDeadLetter: ['GET', '/api/v1/flows/{id}/dead-letters/{sequence}'],
  discardDeadLetter: ['DELETE', '/api/v1/flows/{id}/dead-letters/{sequence}'],
  resendDeadLetters: ['POST', '/api/v1/flows/{id}/dead-letters/resend'],
  listSeenFields: ['GET', '/api/v1/flows/{id}/connections'],
  listRecentMessages: ['GET', '/api/v1/flows/{id}/connections/{from}/recent'],
  tapConnection: ['GET', '/api/v1/flows/{id}/connections/{from}/tap'],
  tryFlow: ['POST', '/api/v1/flows/try'],
  makeBackup: ['GET', '/api/v1/backup'],
  restoreBackup: ['POST', '/api/v1/restore'],
  listBackups: ['GET', '/api/v1/backups'],
  restoreKeptBackup: ['POST', '/api/v1/backups/{name}/restore'],
  listAudit: ['GET', '/api/v1/audit'],
  getSession: ['GET', '/api/v1/session'],
  logIn: ['POST', '/api/v1/session'],
  logOut: ['DELETE', '/api/v1/session'],
  changePassword: ['PUT', '/api/v1/session/password'],
  listSessions: ['GET', '/api/v1/sessions'],
  endSession: ['DELETE', '/api/v1/sessions/{id}'],
  listTokens: ['GET', '/api/v1/tokens'],
  createToken: ['POST', '/api/v1/tokens'],
  deleteToken: ['DELETE', '/api/v1/tokens/{id}'],
  listUsers: ['GET', '/api/v1/users'],
  createUser: ['POST', '/api/v1/users'],
  changeUser: ['PUT', '/api/v1/users/{name}'],
  deleteUser: ['DELETE', '/api/v1/users/{name}'],
  listHappenings: ['GET', '/api/v1/happenings'],
  getHistory: ['GET', '/api/v1/history'],
  listFiles: ['GET', '/api/v1/files'],
  previewFile: ['GET', '/api/v1/files/preview'],
  downloadFile: ['GET', '/api/v1/files/content'],
  uploadFile: ['PUT', '/api/v1/files/content'],
  deleteFile: ['DELETE', '/api/v1/files/content'],
  listenToEvents: ['GET', '/api/v1/events'],
  getHealth: ['GET', '/health'],
  getLiveness: ['GET', '/health/live'],
  getReadiness: ['GET', '/health/ready'],
  getSystem: ['GET', '/api/v1/system'],
  getMetrics: ['GET', '/metrics'],
  listLogs: ['GET', '/api/v1/logs'],
  listFlowLogs: ['GET', '/api/v1/flows/{id}/logs'],
  getCpuProfile: ['GET', '/debug/pprof/profile'],
  getHeapProfile: ['GET', '/debug/pprof/heap'],
} as const satisfies Record<keyof Calls, readonly [string, string]>;
