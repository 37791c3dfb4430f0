import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Deployment, FlowStatus, FlowSummary, LogPage, paths, StoredFlow, TapEnd, Tapped } from '@semstreams/contract';
import { z } from 'zod';
import { flowsIn } from '../asking/flow-files.ts';
import { SettingsError } from '../config/settings-error.ts';
import { answered, asked, askingOptions, show } from './answers.ts';
import { applied, applyOptions, difference } from './apply.ts';
import type { Command, Given } from './command.ts';
import { eventsIn } from './events-in.ts';
import { tried } from './try.ts';

interface Verb {
  /** What stands behind it. */
  readonly words: readonly string[];
  readonly run: (given: Given, ...words: string[]) => Promise<number | void>;
}

/** Flows of a running server, from scripts: `semstreams flow VERB …`. */
export const flow: Command = {
  options: { ...askingOptions, ...applyOptions, level: { type: 'string' }, limit: { type: 'string' } },
  get words() {
    return Object.keys(verbs);
  },
  mostWords: 20,
  run: async (given) => {
    const [name, ...words] = given.positionals;
    const verb = name === undefined ? undefined : verbs[name];
    if (!verb) throw new SettingsError(`say what to do: semstreams flow ${Object.keys(verbs).join('|')}`);
    const missing = verb.words.find((word, index) => !word.startsWith('[') && words[index] === undefined);
    if (missing !== undefined || (words.length > verb.words.length && !verb.words.includes('[MORE]')))
      throw new SettingsError(`it is used so: semstreams flow ${[name, ...verb.words].join(' ')}`);
    return (await verb.run({ ...given, positionals: words }, ...words)) ?? 0;
  },
};

const All = z.object({ items: z.array(FlowSummary), next: z.string().optional() });

const allFlows = async (given: Given): Promise<FlowSummary[]> => {
  const flows: FlowSummary[] = [];
  for (let after = ''; ;) {
    const { items, next } = All.parse(await answered(given, { path: `${paths.flows}${after}` }));
    flows.push(...items);
    if (next === undefined) return flows;
    after = `?after=${next}`;
  }
};

const list = async (given: Given): Promise<void> => {
  const flows = await allFlows(given);
  const rows = flows.map(({ id, name, deployed_version, changed, damaged }) => [
    id,
    deployed_version ?? '-',
    damaged !== undefined ? 'damaged' : changed ? 'changed' : '',
    name,
  ]);
  show(given, flows, () => [['ID', 'VERSION', 'DRAFT', 'NAME'], ...rows]);
};

const stored = async (given: Given, id: string) => StoredFlow.parse(await answered(given, { path: paths.flow(id) }));

const get = async (given: Given, id: string): Promise<void> => {
  const { revision: _, ...document } = await stored(given, id);
  console.log(JSON.stringify(document, null, 2));
};

const put = async (given: Given, file: string): Promise<void> => {
  for (const { document } of await flowsIn([file])) {
    const flow = z.looseObject({ id: z.string() }).parse(document);
    const present = (await allFlows(given)).find(({ id }) => id === flow.id);
    const headers = present ? { 'if-match': `"${present.revision}"` } : { 'if-none-match': '*' };
    const answer = await answered(given, { method: 'PUT', path: paths.flow(flow.id), body: flow, headers });
    const kept = StoredFlow.parse(answer);
    show(given, kept, () => [[`"${kept.id}" is kept at revision ${kept.revision}`]]);
  }
};

const wanted = (path: (id: string) => string) => async (given: Given, id: string) => {
  const wait = given.values['wait'];
  const query = wait === undefined ? '' : `?wait=${encodeURIComponent(wait)}`;
  const deployment = Deployment.parse(await answered(given, { method: 'POST', path: `${path(id)}${query}` }));
  if (wait === undefined) {
    show(given, deployment, () => [[`"${id}" should be ${deployment.desired}, version ${deployment.version}`]]);
    return 0;
  }
  return status(given, id, deployment.desired);
};

/** Shows what a flow does; 1 where it does not what it should. */
const status = async (given: Given, id: string, desired?: FlowStatus['desired']): Promise<number> => {
  const now = FlowStatus.parse(await answered(given, { path: paths.status(id) }));
  show(given, now, () => [[`"${id}": ${now.sentence}`]]);
  const does = now.observed === 'degraded' ? 'running' : now.observed;
  return desired === undefined || does === desired ? 0 : 1;
};

const logs = async (given: Given, id: string): Promise<void> => {
  const { level = 'info', limit = '200' } = given.values;
  const page = LogPage.parse(await answered(given, { path: `${paths.flowLogs(id)}?level=${level}&limit=${limit}` }));
  show(given, page, () =>
    page.items.map(({ time, level: of, component, sentence }) => [time, of, component, sentence]),
  );
};

/** One message a line, until it ends or is ended. */
const tap = async (given: Given, id: string, from: string, to?: string): Promise<void> => {
  const query = to === undefined ? '' : `?to=${encodeURIComponent(to)}`;
  const path = `${paths.flow(id)}/connections/${encodeURIComponent(from)}/tap${query}`;
  for await (const { event, data } of eventsIn(await asked(given, { path }))) {
    if (event === 'tapped') for (const message of Tapped.parse(data).messages) console.log(JSON.stringify(message));
    if (event === 'end') console.error(TapEnd.parse(data).sentence);
  }
};

const exportAll = async (given: Given, folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const flows = await allFlows(given);
  for (const { id } of flows) {
    const { revision: _, ...document } = await stored(given, id);
    await writeFile(join(folder, `${id}.json`), `${JSON.stringify(document, null, 2)}\n`);
  }
  show(given, flows, () => [[`${flows.length} flows are in "${folder}"`]]);
};

const remove = async (given: Given, id: string): Promise<void> => {
  await answered(given, { method: 'DELETE', path: paths.flow(id) });
  show(given, { id }, () => [[`"${id}" is gone`]]);
};

const verbs: Readonly<Record<string, Verb>> = {
  list: { words: [], run: list },
  get: { words: ['ID'], run: get },
  put: { words: ['FILE'], run: put },
  delete: { words: ['ID'], run: remove },
  apply: { words: ['PATH', '[MORE]'], run: async (given, ...files) => void (await applied(given, files)) },
  diff: { words: ['PATH', '[MORE]'], run: difference },
  deploy: { words: ['ID'], run: wanted(paths.deploy) },
  start: { words: ['ID'], run: wanted(paths.start) },
  stop: { words: ['ID'], run: wanted(paths.stop) },
  status: { words: ['ID'], run: async (given, id) => status(given, id) },
  logs: { words: ['ID'], run: logs },
  tap: { words: ['ID', 'FROM', '[TO]'], run: tap },
  try: { words: ['FILE', 'MESSAGES'], run: tried },
  export: { words: ['FOLDER'], run: exportAll },
  import: {
    words: ['PATH', '[MORE]'],
    run: async (given, ...files) =>
      void (await applied({ ...given, flags: new Set([...given.flags, 'no-deploy']) }, files)),
  },
};
