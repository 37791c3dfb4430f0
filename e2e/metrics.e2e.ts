import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from './test.ts';
import { until } from './until.ts';

const promtool = process.env['SEMSTREAMS_PROMTOOL'] ?? join(import.meta.dirname, '..', '.tools', 'promtool');

/** What promtool has to say about a text of metrics: nothing when they keep to the rules. */
const judge = (text: string): string => {
  const { status, stdout, stderr, error } = spawnSync(promtool, ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  if (error) throw error;
  return status === 0 ? '' : `${stdout}${stderr}`;
};

test('metrics keep to the rules of Prometheus', async ({ startInstance }) => {
  const { rest, address } = await startInstance();
  await rest.run({
    id: 'log',
    components: [
      { id: 'numbers', type: 'simulator_input' },
      { id: 'log', type: 'file_output', config: { path: 'log.ndjson' } },
    ],
  });
  const text = await until('messages are counted', async () => {
    const metrics = await (await fetch(`${address}/metrics`)).text();
    return /semstreams_message_out_total\{flow="log",component="numbers"\} [1-9]/.test(metrics) && metrics;
  });
  expect(judge(text)).toBe('');
  expect(text).toContain('semstreams_flow_state{flow="log",state="running"} 1');
});

test('promtool sees metrics that break the rules', () => {
  expect(judge('# TYPE requests counter\nrequests 1\n')).toContain('_total');
});
