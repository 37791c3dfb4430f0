import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../running-server.ts';
import { eventsIn } from './events-in.ts';

let server: RunningServer;
const folder = mkdtempSync(join(tmpdir(), 'semstreams-commands-'));
beforeAll(async () => {
  server = await startServer();
  mkdirSync(join(folder, 'bin'));
  const command = join(folder, 'bin', 'semstreams');
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${server.process.spawnargs[1]}" "$@"\n`);
  chmodSync(command, 0o755);
});
afterAll(async () => {
  await server.end();
  rmSync(folder, { recursive: true });
});

const path = `${join(folder, 'bin')}${delimiter}${process.env['PATH']}`;
const run = async (program: string, words: readonly string[], cwd = folder) =>
  new Promise<{ code: unknown; said: string; complained: string }>((resolve) => {
    execFile(program, words, { cwd, env: { ...process.env, PATH: path } }, (error, said, complained) =>
      resolve({ code: error?.code ?? 0, said, complained }),
    );
  });
const semstreams = async (...words: string[]) => run('semstreams', [...words, '--server', server.url]);
const json = async (...words: string[]): Promise<unknown> =>
  JSON.parse((await semstreams(...words, '--output', 'json')).said);
const git = (cwd: string, ...words: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...words], { cwd, stdio: 'pipe' });

const flow = (id: string, rate: number) => ({
  id,
  name: id,
  components: [
    { id: 'source', type: 'simulator_input', config: { rate } },
    { id: 'file', type: 'file_output', config: { path: `${id}.ndjson` } },
  ],
});
const write = (name: string, document: unknown): string => {
  const file = join(folder, name);
  writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
  return file;
};

describe('a folder of flows in git', () => {
  it('is deployed by a script of five lines, again and again, also what was taken away', async () => {
    const origin = join(folder, 'origin');
    cpSync(join(import.meta.dirname, '../../../examples/flows-in-git'), origin, { recursive: true });
    git(origin, 'init', '--quiet');
    git(origin, 'add', '.');
    git(origin, 'commit', '--quiet', '-m', 'first');
    git(folder, 'clone', '--quiet', origin, 'checkout');
    const checkout = join(folder, 'checkout');
    const deploy = async () => run('./deploy.sh', [server.url], checkout);
    expect(readFileSync(join(checkout, 'deploy.sh'), 'utf8').trim().split('\n')).toHaveLength(5);

    expect(await deploy()).toMatchObject({
      code: 0,
      said: '"even" was made and deployed as version 1\n"heartbeat" was made and deployed as version 1\n',
    });
    expect(await json('flow', 'status', 'heartbeat')).toMatchObject({ observed: 'running', version: 1 });
    expect((await deploy()).said).toBe('"even" stayed as it was\n"heartbeat" stayed as it was\n');

    rmSync(join(origin, 'flows/even.json'));
    git(origin, 'commit', '--quiet', '-a', '-m', 'only the heartbeat');
    expect(await deploy()).toMatchObject({
      code: 0,
      said: '"heartbeat" stayed as it was\n"even" was stopped and removed\n',
    });
    expect(await json('flow', 'list')).toMatchObject([{ id: 'heartbeat' }]);
  });
});

describe('the commands', () => {
  it('make, show, change and end a flow', async () => {
    const file = write('walk.json', flow('walk', 10));
    expect(await semstreams('flow', 'put', file)).toMatchObject({ code: 0 });
    expect(JSON.parse((await semstreams('flow', 'get', 'walk')).said)).toEqual(flow('walk', 10));
    write('walk.json', flow('walk', 20));
    expect((await semstreams('flow', 'put', file)).said).toMatch(/^"walk" is kept at revision \d+\n$/);
    expect(await semstreams('flow', 'deploy', 'walk', '--wait', '10s')).toMatchObject({
      code: 0,
      said: expect.stringContaining('"walk": Running'),
    });
    const tap = await server.call('GET', '/api/v1/flows/walk/status');
    expect(tap.body).toMatchObject({ observed: 'running' });
    expect((await semstreams('flow', 'logs', 'walk')).code).toBe(0);
    expect((await semstreams('flow', 'stop', 'walk', '--wait', '10s')).said).toContain('Stopped');
    expect((await semstreams('flow', 'delete', 'walk')).code).toBe(0);
    expect(await semstreams('flow', 'get', 'walk')).toMatchObject({ code: 1, complained: 'there is no flow "walk"\n' });
  });

  it('say what differs, write what is there, and take it in without deploying it', async () => {
    const file = write('two.yaml', `${JSON.stringify(flow('one', 1))}\n---\n${JSON.stringify(flow('two', 1))}\n`);
    expect(await semstreams('flow', 'diff', file)).toMatchObject({ code: 3 });
    expect(await json('flow', 'import', file)).toMatchObject({
      changed: true,
      flows: [{ id: 'one', deploys: false }, {}],
    });
    expect(await semstreams('flow', 'diff', file)).toMatchObject({
      code: 3,
      said: '"one" stays as it is and deployed\n"two" stays as it is and deployed\n',
    });
    expect((await semstreams('flow', 'diff', file, '--no-deploy')).code).toBe(0);
    const out = join(folder, 'out');
    expect((await semstreams('flow', 'export', out)).code).toBe(0);
    expect(readdirSync(out)).toEqual(expect.arrayContaining(['one.json', 'two.json']));
    expect((await semstreams('flow', 'diff', out, '--no-deploy')).code).toBe(0);
  });

  it.each<[string[], number, string]>([
    [['flow'], 2, 'say what to do: semstreams flow list|get'],
    [['flow', 'get'], 2, 'it is used so: semstreams flow get ID'],
    [['flow', 'get', 'a', 'b'], 2, 'it is used so: semstreams flow get ID'],
    [['flow', 'list', '--output', 'xml'], 2, '"--output xml" is not understood: write json or table'],
    [['apply'], 2, 'name the files or a folder: semstreams apply -f FOLDER'],
    [['apply', '-f', '/nowhere'], 1, '"/nowhere" cannot be read: there is no such file or folder'],
  ])('%j is refused by %i, in one line', async (words, code, said) => {
    const outcome = await semstreams(...words);
    expect(outcome.code).toBe(code);
    expect(outcome.complained).toContain(said);
    expect(outcome.complained.trim().split('\n')).toHaveLength(1);
  });
});

describe('a set of flows', () => {
  const apply = async (body: string, query = '', type = 'application/yaml') =>
    server.call('POST', `/api/v1/apply${query}`, body, { 'content-type': type });
  const ids = ({ body }: { body: unknown }) => (body as { flows: { id: string; action: string }[] }).flows;

  it('comes as JSON or YAML, as one, a list or several documents', async () => {
    const [a, b] = [flow('a', 1), flow('b', 1)].map((each) => JSON.stringify(each)) as [string, string];
    for (const [body, type] of [
      [a, 'application/json'],
      [`[${a},${b}]`, 'application/json'],
      [`{"flows":[${a},${b}]}`, 'application/json'],
      [a, 'application/yaml'],
      [`${a}\n---\n${b}\n`, 'application/yaml'],
      ['name: a\ncomponents:\n- id: source\n  type: simulator_input\n- {id: file, type: file_output}\n', 'text/yaml'],
    ] as const) {
      const answer = await apply(body, '?dry_run=true', type);
      expect([answer.status, ids(answer).every(({ action }) => action === 'create')]).toEqual([200, true]);
    }
    expect((await server.call('GET', '/api/v1/flows/a')).status).toBe(404);
  });

  it.each<[string, string, number, string]>([
    ['no YAML', 'a: [', 400, 'is no YAML'],
    ['a name twice', 'a: 1\na: 2', 400, 'is no YAML'],
    ['aliases of aliases', bomb(), 400, 'is no YAML'],
    ['infinity', 'flows: [{id: a, components: [], layout: {a: {x: .inf, y: 0}}}]', 400, 'JSON cannot say'],
    ['a name of objects', '{"id": "a", "components": [], "__proto__": {}}', 400, '__proto__'],
    ['nothing', '', 400, 'is missing'],
    ['no flow', 'flows: []', 400, 'flows: must be at least 1'],
    ['a flow without an id', 'components: []', 422, 'a flow of a set needs an id'],
    ['an id twice', '[{"id": "a", "components": []}, {"id": "a", "components": []}]', 422, 'is there twice'],
    ['a wrong flow', '{"id": "a", "components": [{"id": "x", "type": "nothing"}]}', 422, 'flows[0].components[0].type'],
  ])('of %s is refused whole', async (_, body, status, said) => {
    const answer = await apply(body);
    expect(answer).toMatchObject({ status, body: { detail: expect.stringContaining(said) } });
    expect((await server.call('GET', '/api/v1/flows/a')).status).toBe(404);
  });
});

describe('what scripts ask', () => {
  it('is done with many flows, with an answer for each', async () => {
    await semstreams('flow', 'import', write('many.json', flow('many', 1)));
    const act = async (action: string, flows: string[]) =>
      server.call('POST', '/api/v1/flows/actions', { action, flows });
    expect((await act('deploy', ['many', 'nothing', 'many'])).body).toEqual({
      items: [
        { flow: 'many', status: 202 },
        { flow: 'nothing', status: 404, detail: 'there is no flow "nothing"' },
      ],
    });
    expect((await act('delete', ['many'])).body).toMatchObject({ items: [{ flow: 'many', status: 409 }] });
    expect((await act('stop', ['many'])).body).toEqual({ items: [{ flow: 'many', status: 202 }] });
    expect((await act('explode', ['many'])).status).toBe(400);
  });

  it('is done once for each key, and not again', async () => {
    await semstreams('apply', write('once.json', flow('once', 1)), '--wait', '10s');
    const inject = async (key: string, payload: number) =>
      server.call(
        'POST',
        '/api/v1/flows/once/components/file/inject',
        { payloads: [payload] },
        { 'idempotency-key': key },
      );
    for (let n = 0; n < 3; n += 1)
      expect(await inject('first', 1)).toMatchObject({ status: 200, body: { accepted: 1 } });
    expect(await inject('first', 2)).toMatchObject({ status: 422 });
    expect(await inject('second', 2)).toMatchObject({ status: 200 });
    await semstreams('flow', 'stop', 'once', '--wait', '10s');
    const lines = readFileSync(join(server.dataDir, 'once.ndjson'), 'utf8').trim().split('\n');
    expect(lines.filter((line) => /^[12]$/.test(line))).toEqual(['1', '2']);
  });

  it('is told as it changes, for one flow or all', async () => {
    await semstreams('apply', write('told.json', flow('told', 1)), '--wait', '10s');
    const answer = await new Promise<IncomingMessage>((resolve) => {
      get(new URL('/api/v1/events?flow=told', server.url), resolve);
    });
    expect(answer.headers['content-type']).toBe('text/event-stream');
    const events = eventsIn(answer)[Symbol.asyncIterator]();
    const next = async () => (await events.next()).value as { event: string; data: { flow: string; observed: string } };
    expect(await next()).toMatchObject({ event: 'flow', data: { flow: 'told', observed: 'running' } });
    await semstreams('flow', 'stop', 'told');
    for (;;) {
      const { event, data } = await next();
      expect(['flow', 'happened']).toContain(event);
      expect(data.flow).toBe('told');
      if (data.observed === 'stopped') break;
    }
    answer.destroy();
  });
});

describe('a flow of a file, with messages of another', () => {
  const filter = { id: 'warm', type: 'json_filter', config: { rules: [{ field: 't', operator: 'gt', value: 75 }] } };
  const [source, file] = flow('draft', 1).components;
  const draft = (middle: unknown) =>
    write('draft.json', { id: 'draft', name: 'draft', components: [source, middle, file] });

  it('is tried without being kept', async () => {
    const messages = write('messages.ndjson', '{"t":80}\n\n{"t":62}\n');
    const { code, said } = await semstreams('flow', 'try', draft(filter), messages);
    expect([code, said]).toEqual([
      0,
      expect.stringMatching(/^warm +2 +out 1, rejected 1 +0 +0 +t is 62, and not above 75$/m),
    ]);
    expect(await json('flow', 'try', draft(filter), messages)).toMatchObject({ tried: 2 });
    expect((await semstreams('flow', 'get', 'draft')).code).toBe(1);
  });

  it('tells by its code that something fails, and names the line that is no message', async () => {
    const broken = { id: 'script', type: 'script', config: { code: 'function process() { throw new Error("no"); }' } };
    const messages = write('messages.ndjson', '{"t":80}\n');
    expect(await semstreams('flow', 'try', draft(broken), messages)).toMatchObject({ code: 1 });
    const wrong = write('messages.ndjson', '{"t":80}\n{t:1}\n');
    expect(await semstreams('flow', 'try', draft(filter), wrong)).toMatchObject({
      code: 1,
      complained: expect.stringMatching(/line 2 of ".*" is no JSON/) as unknown,
    });
  });
});

function bomb(): string {
  const levels = Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}*a${n}]`);
  return ['a0: &a0 [1]', ...levels].join('\n');
}

describe('what completes the words', () => {
  const script = async (shell: string) => (await run('semstreams', ['completion', shell])).said;
  /** What bash offers for the last of these words. */
  const offered = async (...words: string[]): Promise<string[]> => {
    const file = write('completion.bash', await script('bash'));
    const given = ['semstreams', ...words].map((word) => JSON.stringify(word)).join(' ');
    const { said } = await run('bash', [
      '-c',
      `source ${file}; COMP_WORDS=(${given}); COMP_CWORD=${words.length}; _semstreams; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ]);
    return said.split('\n').filter((word) => word !== '');
  };

  it('knows commands, what stands behind them, and options, in bash', async () => {
    expect(await offered('')).toEqual(expect.arrayContaining(['flow', 'apply', 'completion', 'doctor', '--version']));
    expect(await offered('ap')).toEqual(['apply']);
    expect(await offered('flow', 'st')).toEqual(['start', 'stop', 'status']);
    expect(await offered('flow', 'deploy', 'x', '--w')).toEqual(['--wait']);
    expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await offered('apply', 'x')).toEqual([]);
  });

  it('asks the server of this machine for the ids of flows', async () => {
    write('completed.json', flow('completed', 1));
    await semstreams('flow', 'put', join(folder, 'completed.json'));
    process.env['SEMSTREAMS_PORT'] = new URL(server.url).port;
    try {
      expect(await offered('flow', 'status', 'compl')).toEqual(['completed']);
    } finally {
      delete process.env['SEMSTREAMS_PORT'];
    }
  });

  const isThere = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;
  for (const shell of ['bash', 'zsh', 'fish'])
    it.skipIf(!isThere(shell))(`is a script that ${shell} reads without a complaint`, async () => {
      const file = write(`completion.${shell}`, await script(shell));
      expect(await run(shell, ['-c', `source ${file}`])).toEqual({ code: 0, said: '', complained: '' });
    });

  it('says which shells there are', async () => {
    for (const words of [[], ['tcsh'], ['constructor']])
      expect(await run('semstreams', ['completion', ...words])).toMatchObject({
        code: 2,
        complained: 'say for which shell: semstreams completion bash|zsh|fish\n',
      });
  });
});
