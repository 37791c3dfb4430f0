import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { build } from 'vite';
import { productCore, spawnOn } from '../measure/cores.mjs';
import { median } from '../measure/statistics.mjs';
import { atLeast, perSecond } from '../report/figures.mjs';
import { folders } from '../setup.mjs';
import { root } from '../../scripts/setup/root.mjs';

const rounds = 3;
const script = join(import.meta.dirname, '..', 'contenders', 'mavlink-process.mjs');

export const p12 = {
  id: 'p12',
  title: 'MAVLink',
  async run({ node }) {
    const decoder = await buildDecoder();
    const [recording, positions] = layOutFiles();
    const ours = (file, times) => rateOf(node, [script, 'semstreams', decoder, file, times]);
    const lines = [];

    const all = { ours: [], theirs: [] };
    for (let round = 0; round < rounds; round += 1) {
      all.ours.push(await ours(recording, 60));
      all.theirs.push(await rateOf(node, [script, 'node-mavlink', recording, 3]));
    }
    const [own, theirs] = [median(all.ours), median(all.theirs)];
    lines.push({
      measure: 'MAVLink, a recorded flight',
      ours: perSecond(own),
      beside: `node-mavlink ${perSecond(theirs)}`,
      ...atLeast(own / theirs, 10),
    });

    const compiled = join(folders.built, 'mavlink');
    if (!existsSync(compiled)) return lines;
    const positionsOnly = { ours: [], c: [] };
    for (let round = 0; round < rounds; round += 1) {
      positionsOnly.ours.push(await ours(positions, 30));
      positionsOnly.c.push(await rateOf(compiled, [positions, 100]));
    }
    const [javaScript, c] = [median(positionsOnly.ours), median(positionsOnly.c)];
    lines.push({
      measure: 'MAVLink, GLOBAL_POSITION_INT alone',
      ours: perSecond(javaScript),
      beside: `a loop in C ${perSecond(c)}`,
      ...atLeast(javaScript / c, 0.3),
    });
    return lines;
  },
};

/** The decoder of `mavlink_input` alone, out of the same sources. */
const buildDecoder = async () => {
  const entry = join(import.meta.dirname, '..', 'contenders', 'mavlink-decoder.ts');
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: entry,
      target: 'node20',
      outDir: folders.built,
      emptyOutDir: false,
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'mavlink-decoder.mjs' } },
    },
  });
  return join(folders.built, 'mavlink-decoder.mjs');
};

/** The recording, and the frames with a position in it again and again. */
const layOutFiles = () => {
  const bytes = gunzipSync(readFileSync(join(root, 'examples', 'data', 'mavlink', 'sitl-copter.raw.gz')));
  const [recording, positions] = ['recording.raw', 'positions.raw'].map((name) => join(folders.built, name));
  writeFileSync(recording, bytes);
  writeFileSync(positions, Buffer.concat(Array.from({ length: 40 }, () => positionFrames(bytes)).flat()));
  return [recording, positions];
};

const globalPosition = 33;

const positionFrames = (bytes) => {
  const frames = [];
  for (let at = bytes.indexOf(0xfd); at >= 0; at = bytes.indexOf(0xfd, at + 1)) {
    if (at + 10 > bytes.length || bytes.readUIntLE(at + 7, 3) !== globalPosition || bytes[at + 2] !== 0) continue;
    frames.push(bytes.subarray(at, at + bytes[at + 1] + 12));
  }
  return frames;
};

const rateOf = async (program, args) => {
  const child = spawnOn(productCore, program, args.map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  await new Promise((resolve) => child.once('close', resolve));
  const { messages, seconds } = JSON.parse(output);
  return messages / seconds;
};
