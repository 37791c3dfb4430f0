import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSemStreams } from '../contenders/semstreams.mjs';
import { connectReceiver } from '../measure/load.mjs';
import { runStep } from '../measure/step.mjs';
import { drawFlameGraph, hottest } from '../report/flame-graph.mjs';
import { folders } from '../setup.mjs';

/** Near the highest rate with the profiler on. */
const rate = 80_000;
const seconds = 6;

export const flame = {
  id: 'flame',
  title: 'where the time goes in the saturated live flow',
  async run({ node }) {
    const folder = mkdtempSync(join(tmpdir(), 'semstreams-bench-profile-'));
    const nodeOptions = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=250'];
    const contender = await startSemStreams({ node, nodeOptions });
    const receiver = await connectReceiver(contender.webSocket);
    await runStep(contender, receiver, { rate, seconds });
    await receiver.end();
    await contender.stop();
    const profiles = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
    rmSync(folder, { recursive: true, force: true });
    const lane = profiles.find(({ nodes }) => nodes.some(({ callFrame }) => callFrame.url.includes('lane-process')));
    writeFileSync(join(folders.results, 'flame-graph.svg'), drawFlameGraph(lane, `A lane at ${rate} messages/s`));
    const top = hottest(lane).slice(0, 5);
    writeFileSync(join(folders.results, 'flame-graph.json'), `${JSON.stringify({ rate, top }, null, 2)}\n`);
    return [];
  },
};
