import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../setup/root.mjs';
import { placesOf } from '../setup/tools.mjs';
import { commandsIn } from './commands-in.mjs';

/** Each step is a process or two of its own, and the machine may be busy. */
const patienceMs = 300_000;
const copy = mkdtempSync(join(tmpdir(), 'semstreams-steps-'));

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const steps = /\n## Add a component type in five steps\n([^]*?)\n## /.exec(readme)[1];
const [try1, generate, rest] = commandsIn(steps).map(({ command }) => command);

/** What the steps have somebody write: by step, the first path in backticks and the block below it. */
const written = () => {
  let folder = '';
  return [...steps.matchAll(/^\d\. \*\*[^`]*`([^`]+)`[^]*?```ts\n([^]*?)```/gm)].map(([, path, block]) => {
    if (path.includes('/')) folder = dirname(path);
    return { path: join(folder, path.split('/').at(-1)), text: block.replaceAll(/^ {3}/gm, '').trimEnd() + '\n' };
  });
};

const inherited = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|TEST|SEMSTREAMS)/.test(name));
const env = { ...Object.fromEntries(inherited), NX_DAEMON: 'false', NX_TUI: 'false', FORCE_COLOR: '0' };

/** Runs a line as it stands in the page; resolves with what it prints, rejects with that where it fails. */
const type = async (line) =>
  new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', line], { cwd: copy, env });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    child.on('close', (code) => (code === 0 ? resolve(said) : reject(new Error(`${line}\n${said}`))));
  });

/** Starts what was built in the copy, and resolves with what `look` finds at its address. */
const served = async (look) => {
  const data = join(copy, 'data');
  const [nats] = placesOf('nats-server');
  const settings = { SEMSTREAMS_PORT: '0', SEMSTREAMS_DATA_DIR: data, SEMSTREAMS_NATS_SERVER_PATH: nats };
  const child = spawn(process.execPath, ['server/dist/main.js'], { cwd: copy, env: { ...env, ...settings } });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    const address = await new Promise((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (text) => {
        const found = /is ready at (http:[^"\s]+)/.exec((said += text));
        if (found) resolve(found[1]);
      });
      child.once('exit', () => reject(new Error(`the server ended: ${said}`)));
    });
    return await look(address);
  } finally {
    child.kill();
    await ended;
  }
};

/** What the steps need of the tree. */
const needed = [
  ...['.prettierignore', '.prettierrc.json', 'README.md', 'docker-compose.yml', 'eslint.config.js', 'nx.json'],
  ...['package-lock.json', 'package.json', 'tsconfig.base.json', 'vitest.config.ts'],
  ...['bench', 'e2e', 'faults'].map((folder) => `${folder}/package.json`),
  ...['contract', 'docker', 'docs', 'examples/production', 'scripts', 'server', 'ui'],
];
const isTaken = (path) => !/\/(node_modules|dist|screenshots|\.built-for-tests[^/]*)$/.test(path);

beforeAll(() => {
  for (const path of needed) cpSync(join(root, path), join(copy, path), { recursive: true, filter: isTaken });
  for (const folder of ['.', 'contract', 'server', 'ui'].map((each) => join(each, 'node_modules')))
    if (existsSync(join(root, folder))) symlinkSync(join(root, folder), join(copy, folder));
  for (const { path, text } of written()) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  }
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('the five steps of the README', { timeout: patienceMs }, () => {
  it('have four files written, all in one folder', () => {
    const folder = 'server/src/component-types/processors/keep-fields';
    const parts = ['definition', 'component', 'module', 'test'];
    expect(written().map(({ path }) => path)).toEqual(parts.map((part) => `${folder}/keep-fields.${part}.ts`));
  });

  it('try it', async () => expect(await type(try1)).toContain('keep-fields.test.ts'));

  it('write it down', async () => {
    expect(generate).toBe('npm run build && npm run generate');
    await type(generate);
    expect(readFileSync(join(copy, 'docs/reference/components.md'), 'utf8')).toContain(
      '### Keep fields: `keep_fields`',
    );
  });

  it('pass what npm test looks at beside its tests', async () => {
    expect(rest).toBe('npm test && npm start');
    const files = written()
      .map(({ path }) => path)
      .join(' ');
    const project = { extends: './tsconfig.json', include: [`${dirname(written()[0].path).replace('server/', '')}`] };
    writeFileSync(join(copy, 'server/tsconfig.steps.json'), JSON.stringify(project));
    await type(`npx eslint --max-warnings=0 ${files} && npx prettier --check ${files}`);
    await type('npx tsc -p server/tsconfig.steps.json');
  });

  it('make it stand in the palette, with its icon', async () => {
    const { items } = await served(async (address) => (await fetch(`${address}/api/v1/component-types`)).json());
    expect(items.map(({ title }) => title)).toContain('Keep fields');
    expect(await type('grep -l list-checks ui/dist/assets/*.js')).not.toBe('');
  });
});
