/** `npm run bench`: every row of the table, or those that are named: `npm run bench -- p1 p6`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from './comparison.mjs';
import { endAll, moveTo, restCore } from './measure/cores.mjs';
import { untilIdle } from './measure/idle-machine.mjs';
import { machine } from './report/machine.mjs';
import { writeReadme } from './report/readme.mjs';
import { flame } from './rows/flame.mjs';
import { plot } from './rows/plot.mjs';
import { p13 } from './rows/clients.mjs';
import { p7, p8 } from './rows/idle.mjs';
import { raw } from './rows/jetstream.mjs';
import { p12 } from './rows/mavlink.mjs';
import { p9, p11 } from './rows/many.mjs';
import { p18 } from './rows/mqtt.mjs';
import { p1, p2, p3, p5, p6, p10, p15 } from './rows/rates.mjs';
import { p14, p17 } from './rows/responsive.mjs';
import { p20 } from './rows/processors.mjs';
import { p4 } from './rows/tcp.mjs';
import { p19 } from './rows/links.mjs';
import { p16 } from './rows/webhook.mjs';
import { contendersNode, folders, setUp } from './setup.mjs';
import { orExplain, say, SetupError } from '../scripts/setup/say.mjs';

const rows = [
  p1,
  p2,
  p3,
  p4,
  p5,
  p6,
  p7,
  p8,
  p9,
  p10,
  p11,
  p12,
  p13,
  p14,
  p15,
  p16,
  p17,
  p18,
  p19,
  p20,
  raw,
  plot,
  flame,
];

await orExplain(
  async () => {
    const wanted = process.argv.slice(2);
    const unknown = wanted.filter((id) => !rows.some((row) => row.id === id));
    if (unknown.length > 0)
      throw new SetupError(`there is no row ${unknown.join(', ')}: ${rows.map(({ id }) => id).join(', ')}`);
    await setUp();
    moveTo(restCore, process.pid);
    mkdirSync(folders.results, { recursive: true });
    const context = { node: contendersNode, say, comparison: compare({ node: contendersNode, say }) };
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void endAll().then(() => process.exit(130)));
    const failed = [];
    for (const row of rows.filter(({ id }) => wanted.length === 0 || wanted.includes(id))) {
      say(`${row.id}: ${row.title}`);
      await untilIdle();
      const before = machine();
      const lines = await row.run(context).catch(async (thrown) => {
        await endAll();
        failed.push(row.id);
        say(`${row.id} could not be measured: ${thrown.stack}`);
      });
      if (!lines) continue;
      for (const { measure, ours, beside, found, target, isMet } of lines)
        console.log(
          `  ${isMet === undefined ? ' ' : isMet ? '✓' : '✗'} ${measure}: ${ours} (${beside}) ${found} ${target}`,
        );
      const result = { id: row.id, title: row.title, machine: before, lines };
      writeFileSync(join(folders.results, `${row.id}.json`), `${JSON.stringify(result, null, 2)}\n`);
    }
    const steps = context.comparison.all();
    if (Object.keys(steps).length > 0)
      writeFileSync(join(folders.results, 'steps.json'), `${JSON.stringify({ machine: machine(), steps }, null, 2)}\n`);
    writeReadme(rows.map(({ id }) => id));
    if (failed.length > 0) throw new SetupError(`not measured: ${failed.join(', ')}; their old figures stand`);
  },
  { whenInterrupted: 130 },
);
