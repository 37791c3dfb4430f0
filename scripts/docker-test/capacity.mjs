import { docker } from './engine.mjs';
import { note } from './steps.mjs';

/** Flows at a time, and messages per second that each is asked for. */
const loads = [
  [1, 1000],
  [1, 10_000],
  [1, 100_000],
  [10, 100],
  [10, 1000],
  [50, 10],
  [50, 100],
  [100, 10],
];
const settleMs = 8000;
const measureMs = 15_000;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A source, a filter that lets half pass, a change, and a file that is kept small. */
const document = (id, rate) => ({
  id,
  components: [
    { id: 'source', type: 'simulator_input', config: { rate } },
    { id: 'filter', type: 'json_filter', config: { rules: [{ field: 'battery', operator: 'exists', value: true }] } },
    { id: 'log', type: 'file_output', config: { path: `capacity/${id}.ndjson`, max_size: '8MB', keep: 1 } },
  ],
});

/** The table of docs/deployment.md: what one device of these limits carries. Measures, and judges nothing. */
export const capacity = async (installation) => {
  console.log('| Flows | Asked of each, messages/s | Carried in all, messages/s | Processor | SemStreams | NATS |');
  console.log('| ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const [flows, rate] of loads) {
    const ids = Array.from({ length: flows }, (_, index) => `capacity-${index + 1}`);
    for (const id of ids) {
      await installation.json('/api/v1/flows', { method: 'POST', body: document(id, rate) });
      await installation.json(`/api/v1/flows/${id}/deploy`, { method: 'POST', body: {} });
    }
    await wait(settleMs);
    const before = await look(installation, ids);
    await wait(measureMs);
    const after = await look(installation, ids);
    const seconds = (after.atMs - before.atMs) / 1000;
    const perSecond = Math.round((after.written - before.written) / seconds);
    const processor = Math.round(((after.cpuSeconds - before.cpuSeconds) / seconds) * 100);
    console.log(
      `| ${flows} | ${rate} | ${perSecond} | ${processor} % | ${memoryOf(installation.server)} | ${memoryOf(installation.nats)} |`,
    );
    for (const id of ids) {
      await installation.json(`/api/v1/flows/${id}/stop?wait=10s`, { method: 'POST', body: {} });
      const { headers } = await installation.ask(`/api/v1/flows/${id}`);
      await installation.ask(`/api/v1/flows/${id}`, { method: 'DELETE', headers: { 'if-match': headers.etag } });
    }
    docker('exec', installation.server, 'sh', '-c', 'rm -rf /data/capacity');
  }
  note('processor and memory are those of the container, of one processor and 1 GB');
};

/** Messages that reached the files, and the processor time of the server, at one moment. */
const look = async (installation, ids) => {
  let written = 0;
  for (const id of ids) {
    const { components } = await installation.json(`/api/v1/flows/${id}/status`);
    written += components.find((component) => component.id === 'log').in_total;
  }
  const { text } = await installation.ask('/metrics');
  const cpuSeconds = Number(/^process_cpu_seconds_total ([\d.]+)/m.exec(text)[1]);
  return { atMs: performance.now(), written, cpuSeconds };
};

const memoryOf = (container) =>
  docker('stats', '--no-stream', '--format', '{{.MemUsage}}', container).split(' / ')[0].replace('MiB', ' MB');
