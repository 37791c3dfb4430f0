import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild } from '../scripts/setup/build.mjs';
import { ensureMosquitto } from '../scripts/setup/mosquitto.mjs';
import { ensureNatsServer } from '../scripts/setup/nats-server.mjs';
import { ensurePackages } from '../scripts/setup/packages.mjs';
import { root } from '../scripts/setup/root.mjs';
import { run } from '../scripts/setup/run.mjs';
import { say } from '../scripts/setup/say.mjs';

const here = import.meta.dirname;

/** Versions of what is compared. Node-RED 5 needs Node 22.9, so a Node comes with it, and everything here runs on that one. */
export const versions = { 'node-red': '5.0.7', node: '26.10.0' };

export const folders = {
  installed: join(here, '.installed'),
  built: join(here, '.installed', 'built'),
  results: join(here, 'results'),
  server: join(root, 'server', 'dist', 'main.js'),
};

const nodePackage = `node-linux-${process.arch}`;

/** Path of the Node under which all contenders run. */
export const contendersNode = join(folders.installed, 'node_modules', nodePackage, 'bin', 'node');
export const nodeRedEntry = join(folders.installed, 'node_modules', 'node-red', 'red.js');

/** Makes sure of the built product, its nats-server, the contenders and the programs that send and receive. */
export const setUp = async () => {
  await ensurePackages();
  await ensureNatsServer();
  await ensureMosquitto();
  await ensureBuild();
  await installContenders();
  compileLoad();
};

const installContenders = async () => {
  mkdirSync(folders.installed, { recursive: true });
  const dependencies = { 'node-red': versions['node-red'], [nodePackage]: versions.node };
  const manifest = JSON.stringify({ name: 'contenders', private: true, dependencies }, null, 2);
  const path = join(folders.installed, 'package.json');
  if (
    existsSync(nodeRedEntry) &&
    versionOf('node-red') === versions['node-red'] &&
    versionOf(nodePackage) === versions.node
  )
    return;
  say('installing Node-RED and a Node for it');
  writeFileSync(path, manifest);
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folders.installed });
};

const versionOf = (name) => {
  const path = join(folders.installed, 'node_modules', name, 'package.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).version : undefined;
};

const compileLoad = () => {
  mkdirSync(folders.built, { recursive: true });
  for (const name of ['sender', 'receiver', 'mavlink']) {
    const [source, program] = [join(here, 'load', `${name}.c`), join(folders.built, name)];
    if (!existsSync(source)) continue;
    if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) continue;
    try {
      execFileSync('cc', ['-O2', '-o', program, source], { stdio: 'ignore' });
    } catch {
      return say('there is no C compiler: Node sends and receives, and may be the limit');
    }
  }
};
