import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/**
 * The rooms from the ground up: what each is for, and which others it may import. What is not listed may not be imported, and
 * every room stands above all that it uses, so that there are no circles. docs/architecture.md is drawn from this.
 */
export const rooms = {
  contract: { does: 'schemas and pure functions that server and ui agree on', uses: [] },
  ui: { does: 'the pages; they reach the server by HTTP and socket.io alone', uses: ['contract'] },
  ...inServer({
    reach: { does: 'how far flows may reach: what the settings allow, and why not', uses: [] },
    machine: { does: 'what a process asks of the machine: other processes, memory, its data folder', uses: [] },
    config: {
      does: 'settings file, environment and secrets as one frozen object; version and commit',
      uses: ['machine', 'reach'],
    },
    access: {
      does: 'who may: users, sessions, tokens, the audit; which origins and hosts are trusted, and how many may come from one address',
      uses: ['config'],
    },
    engine: { does: 'what a flow is and how messages move; no Nest, no NATS, no socket', uses: [] },

    'nats/connection': { does: 'how a NATS is reached, and what is wrong when it is not', uses: ['config'] },
    'nats/own-server': { does: 'the nats-server that runs as a child', uses: ['engine', 'machine', 'nats/connection'] },
    'nats/storage': {
      does: 'buckets, streams and the logs of buffers, and the room that they have',
      uses: ['config', 'engine', 'machine', 'nats/connection'],
    },
    'nats/lease': {
      does: 'the right to use what an account keeps, of one server at a time',
      uses: ['nats/connection', 'nats/storage'],
    },
    'nats/dead-letters': {
      does: 'how dead letters are kept and read',
      uses: ['engine', 'nats/connection', 'nats/storage'],
    },
    nats: {
      does: 'the connection of the server and those of lanes',
      uses: [
        'config',
        'engine',
        'nats/connection',
        'nats/own-server',
        'nats/storage',
        'nats/lease',
        'nats/dead-letters',
      ],
    },
    web: {
      does: 'the HTTP application, problems, TLS',
      uses: ['access', 'config', 'engine', 'machine', 'nats/connection'],
    },

    'component-kit': { does: 'the shelf that component types put themselves on', uses: ['engine'] },
    'component-kit/content': { does: 'what bytes hold: lines, JSON, CSV', uses: ['engine'] },
    'component-kit/files': { does: 'files of flows: paths, packed ones, one writer', uses: ['engine', 'reach'] },
    'component-kit/times': { does: 'times of texts, by format and zone', uses: [] },
    'component-kit/fields': {
      does: 'settings that many types share',
      uses: ['component-kit/files', 'component-kit/times', 'engine'],
    },
    'component-kit/formats': {
      does: 'how records are written and read: line protocol, MessagePack, key=value, XML',
      uses: [...kit('content', 'fields', 'times'), 'engine'],
    },
    'component-kit/rules': {
      does: 'what a message must be like: rules of filters and routers',
      uses: ['component-kit/fields', 'engine'],
    },
    'component-kit/network': {
      does: 'what all that dial or listen share: TLS, logging in, and why a line is not made',
      uses: ['component-kit/fields', 'component-kit/files', 'engine', 'reach'],
    },
    'component-kit/sockets': {
      does: 'listening for datagrams and on TCP, and dialling TCP',
      uses: ['access', 'component-kit/fields', 'component-kit/network', 'engine'],
    },
    'component-kit/link': {
      does: 'the protocol between two locations, and WebSockets: dialling, listening',
      uses: ['access', 'component-kit/fields', 'component-kit/network', 'component-kit/sockets', 'engine'],
    },
    'component-kit/http': {
      does: 'HTTP: ports that flows share by path, asking web services, what answers mean',
      uses: [...kit('fields', 'network', 'sockets'), 'engine', 'machine'],
    },
    'component-kit/mqtt': {
      does: 'a line to a broker of MQTT: connecting, packets, topics',
      uses: ['component-kit/fields', 'component-kit/link', 'component-kit/network', 'engine'],
    },
    'component-kit/nats': {
      does: 'a line to a NATS that a flow names: connecting, subjects, asking JetStream',
      uses: [...kit('fields', 'link', 'network'), 'engine'],
    },
    'component-kit/replay': { does: 'the pace of a recording', uses: [] },
    'component-kit/schedule': {
      does: 'intervals, and times of the clock by cron',
      uses: [...kit('fields', 'times'), 'engine'],
    },
    'component-kit/sandbox': {
      does: 'JavaScript of others, without a host and bounded in time and memory',
      uses: ['component-kit/fields', 'engine'],
    },
    'component-kit/mavlink': {
      does: 'MAVLink: frames, dialects, signatures, recordings',
      uses: ['component-kit/fields', 'component-kit/files', 'engine'],
    },
    'component-kit/nmea': { does: 'NMEA 0183 and AIS: lines, sentences, messages in parts', uses: [] },
    'component-kit/testing': {
      does: 'a stage, a rehearsal and the conformance suite',
      uses: ['component-kit/mavlink', 'engine'],
    },
    'component-types': {
      does: 'a folder for each type, which knows none of the others',
      uses: [
        'access',
        'component-kit',
        ...kit('content', 'files', 'fields', 'sockets', 'network', 'link', 'http', 'schedule', 'replay', 'times'),
        ...kit('formats', 'mavlink', 'mqtt', 'nats', 'nmea', 'rules', 'sandbox'),
        'engine',
      ],
    },
    catalogue: {
      does: 'finds the types, those of `components_dir` too; their reference page',
      uses: ['component-kit', 'component-types', 'config', 'engine', 'machine', 'nats/storage', 'reach', 'web'],
    },

    archive: {
      does: 'backups as files: tar, sealing, the folder that they lie in',
      uses: ['config', 'machine', 'nats/storage', 'web'],
    },
    migrations: { does: 'brings what is stored up to date', uses: ['archive', 'config', 'nats/storage'] },
    flows: {
      does: 'drafts, versions, provisioning',
      uses: [
        'access',
        'component-kit',
        'config',
        'engine',
        'machine',
        'nats',
        'nats/connection',
        'nats/storage',
        'reach',
        'web',
      ],
    },

    'lanes/agreed': {
      does: 'what server and lane say to each other, and leave on disk for each other',
      uses: ['engine', 'machine', 'nats', 'nats/storage', 'reach'],
    },
    'lanes/inside': {
      does: 'what runs in the process of a lane; only its entry imports it, and what a trial shows is shown as there',
      uses: ['catalogue', 'engine', 'lanes/agreed', 'machine', 'nats', 'nats/dead-letters', 'reach'],
    },
    lanes: {
      does: 'lanes as the server sees them',
      uses: ['engine', 'lanes/agreed', 'machine', 'nats', 'nats/storage', 'reach'],
    },
    'supervision/observed': {
      does: 'what is seen of a flow: status, rates, log, attention',
      uses: ['engine', 'lanes', 'lanes/agreed', 'nats'],
    },
    supervision: {
      does: 'makes what runs equal what should: deployments, supervisor, operations',
      uses: [
        ...[
          'access',
          'component-kit',
          'component-kit/files',
          'config',
          'engine',
          'flows',
          'lanes',
          'lanes/agreed',
          'nats',
        ],
        ...['nats/connection', 'nats/storage', 'supervision/observed', 'web'],
      ],
    },
    applying: {
      does: 'makes all flows of a set what they should be, or none',
      uses: ['flows', 'nats/storage', 'supervision', 'web'],
    },
    trying: {
      does: 'tries a flow with some messages, in a process of its own and without touching what runs',
      uses: ['component-kit', 'config', 'engine', 'flows', 'lanes', 'machine', 'reach', 'web'],
    },
    'trying/inside': {
      does: 'what runs in the process of a trial; only its entry imports it',
      uses: ['catalogue', 'engine', 'lanes/agreed', 'lanes/inside', 'machine', 'reach', 'trying'],
    },
    inspection: {
      does: 'looks at messages: taps and dead letters',
      uses: ['engine', 'flows', 'nats', 'nats/dead-letters', 'supervision', 'web'],
    },

    observability: {
      does: 'health, metrics, logs, profiles',
      uses: ['access', 'config', 'engine', 'lanes', 'machine', 'nats', 'nats/storage', 'supervision', 'web'],
    },
    history: {
      does: 'how flows did over time and what happened, kept in files: notes every ten seconds, a list, and what is asked of them',
      uses: [
        ...['access', 'component-kit/content', 'config', 'engine', 'lanes', 'machine', 'nats', 'nats/storage'],
        ...['supervision', 'supervision/observed', 'web'],
      ],
    },
    files: {
      does: 'the files that flows may use, over HTTP: list, preview, download, upload',
      uses: [
        ...['component-kit/content', 'component-kit/files', 'component-kit/mavlink', 'component-types', 'config'],
        ...['engine', 'machine', 'reach', 'web'],
      ],
    },
    live: {
      does: 'socket.io and server-sent events: status, rates',
      uses: ['access', 'config', 'flows', 'history', 'nats/storage', 'supervision', 'web'],
    },
    users: { does: 'logging in, users, tokens and the audit over HTTP', uses: ['access', 'config', 'web'] },
    backup: {
      does: 'makes backups of the running server, and restores them whole or not at all',
      uses: ['archive', 'config', 'migrations', 'nats', 'nats/storage', 'supervision', 'web'],
    },

    asking: { does: 'asks the running server, for commands', uses: ['access', 'config'] },
    doctor: {
      does: 'the production checklist',
      uses: ['asking', 'config', 'machine', 'nats/connection', 'nats/lease'],
    },
    commands: {
      does: 'what `semstreams` does beside serving',
      uses: ['access', 'asking', 'config', 'doctor', 'machine', 'nats/connection', 'nats/lease', 'web'],
    },
  }),
};

/** Rooms of the server under their folders. Each may import the contract. */
function inServer(named) {
  const inside = (name) => `server/src/${name}`;
  return Object.fromEntries(
    Object.entries(named).map(([name, { does, uses }]) => [
      inside(name),
      { does, uses: ['contract', ...uses.map(inside)] },
    ]),
  );
}

function kit(...subjects) {
  return subjects.map((subject) => `component-kit/${subject}`);
}

/** The files of a room, without those of the rooms within it. */
const filesOf = (room) => {
  const isHall = Object.keys(rooms).some((other) => other.startsWith(`${room}/`));
  return `./${room}/${isHall ? '*' : '**/*'}`;
};

/** A room may import itself and its list; every other room is behind a fence. */
const fences = Object.entries(rooms).map(([room, { uses }]) => ({
  target: filesOf(room),
  from: Object.keys(rooms)
    .filter((other) => other !== room && !uses.includes(other))
    .map(filesOf),
  message: `${room} may import ${uses.join(', ') || 'nothing of ours'}`,
}));

/** Tests see all of their side. */
const bordersOfTests = ['./contract', './ui', './server/src'].map((side) => ({
  target: side,
  from: ['./ui', './server/src'].filter((other) => other !== side),
  message: 'a test reaches the other side by HTTP and socket.io alone',
}));

const types = 'server/src/component-types';
/** What types share is in the kit. */
const fencesOfTypes = ['inputs', 'processors', 'outputs']
  .flatMap((category) => readdirSync(join(import.meta.dirname, types, category)).map((type) => `${category}/${type}`))
  .map((type) => ({
    target: `./${types}/${type}`,
    from: `./${types}`,
    except: [`./${type}`],
    message: 'a component type knows no other one: what they share is in the kit',
  }));

const restrict = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });
const nats = {
  group: ['@nats-io/*'],
  message: 'only server/src/nats speaks with the NATS of this product, and component-kit/nats uses its keys',
};
const canvas = { group: ['@xyflow/*'], message: 'only ui/src/editor/canvas knows React Flow' };
const world = {
  group: ['@nestjs/*', '@nats-io/*', 'fastify', 'node:http', 'socket.io'],
  message: 'the engine is pure',
};
const entries = { group: ['**/main.ts', '**/app.module.ts'], message: 'nothing imports the entry' };

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      'node_modules/',
      '.nx/',
      '.tools/',
      'data/',
      'examples/',
      '**/*.generated.ts',
      '**/.built-for-tests-*',
      'test-results/',
      'bench/.installed/',
    ],
  },
  {
    files: ['**/*.{ts,tsx,mjs,js}'],
    extends: [tseslint.configs.strict],
    plugins: { 'import-x': importX },
    languageOptions: { globals: globals.node },
    settings: {
      'import-x/resolver-next': [createTypeScriptImportResolver()],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
      'import-x/extensions': ['.ts', '.tsx', '.js', '.mjs'],
    },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-redeclare': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'off',
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones: [...fences, ...fencesOfTypes] }],
      'no-eval': 'error',
      'no-new-func': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['server/src/**/*.ts'],
    ignores: [
      'server/src/nats/**',
      'server/src/component-kit/nats/login.ts',
      'server/src/component-kit/testing/nats-server.ts',
      'server/src/engine/**',
    ],
    rules: restrict(nats, entries),
  },
  {
    files: ['server/src/main.ts', 'server/src/serve.ts', 'server/src/reference-pages.ts', 'server/src/routes.test.ts'],
    rules: restrict(nats),
  },
  { files: ['server/src/engine/**/*.ts'], rules: restrict(world, entries) },
  {
    files: ['**/*.{test,contract}.{ts,tsx}'],
    rules: { 'import-x/no-restricted-paths': ['error', { zones: bordersOfTests }] },
  },
  { files: ['ui/src/**/*.{ts,tsx}'], ignores: ['ui/src/editor/canvas/**'], rules: restrict(canvas) },
  {
    files: ['ui/src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    languageOptions: { globals: globals.browser },
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },
);
