import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, startServer } from '../server/src/running-server.ts';
import { findPromtool } from './setup/promtool.mjs';
import { root } from './setup/root.mjs';

const dashboard = JSON.parse(readFileSync(join(root, 'docker/grafana/dashboards/semstreams.json'), 'utf8'));
const alerts = readFileSync(join(root, 'docker/prometheus/alerts.yml'), 'utf8');

/** Every question that the dashboard or an alert asks, by where it stands. */
const questions = [
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr])),
  ...[...alerts.matchAll(/alert: (\w+)\n\s+expr: (.+)/g)].map(([, name, expr]) => [name, expr]),
];

/** What Prometheus adds by itself to what it takes. */
const ofPrometheus = { metrics: ['up'], labels: ['job', 'instance'] };
const words = new Set('sum max min by on or and unless ignoring rate increase vector label_values'.split(' '));

/** Names of metrics and of labels in an expression; texts and durations are none. */
const namesIn = (expression) => {
  const labels = [
    ...[...expression.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label]) => label),
    ...[...expression.matchAll(/\b(?:by|on|ignoring)\s*\(([^)]*)\)/g)].flatMap(([, list]) => list.split(/\s*,\s*/)),
  ];
  const bare = expression
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replace(/\b(?:by|on|ignoring)\s*\([^)]*\)/g, ' ')
    .replace(/\b\d[\w.]*/g, ' ');
  const metrics = (bare.match(/[a-z_][a-z0-9_]*/g) ?? []).filter((word) => !words.has(word));
  return { metrics, labels };
};

/** The labels of each metric that a text of /metrics shows, also of those that never had a value. */
const shownIn = (text) => {
  const shown = new Map(ofPrometheus.metrics.map((name) => [name, new Set()]));
  for (const [, name] of text.matchAll(/^# TYPE (\w+)/gm)) shown.set(name, new Set());
  for (const [, name, labels = ''] of text.matchAll(/^([a-z]\w*)(?:\{(.*)\})? /gm))
    for (const [, label] of labels.matchAll(/(\w+)="/g)) shown.get(name)?.add(label);
  return shown;
};

/** What an expression asks for that nobody has. */
const missing = (expression, shown) => {
  const { metrics, labels } = namesIn(expression);
  const known = new Set([...ofPrometheus.labels, ...metrics.flatMap((name) => [...(shown.get(name) ?? [])])]);
  return [...metrics.filter((name) => !shown.has(name)), ...labels.filter((label) => !known.has(label))];
};

let server;
let shown;
beforeAll(async () => {
  server = await startServer();
  const source = { id: 'source', type: 'simulator_input', config: { rate: 50 } };
  const number = {
    id: 'number',
    type: 'json_map',
    config: { steps: [{ do: 'convert', field: 'vehicle', into: 'number' }] },
  };
  const log = { id: 'log', type: 'file_output', config: { path: 'log.ndjson' } };
  const connections = [
    { from: 'source', to: 'number' },
    { from: 'number', to: 'log', delivery: 'guaranteed' },
  ];
  await server.call('POST', '/api/v1/flows', { id: 'fails', components: [source, number, log], connections });
  await server.call('POST', '/api/v1/flows/fails/deploy?wait=10s', {});
  shown = await eventually(
    'errors and a buffer in the metrics',
    async () => {
      const text = (await server.call('GET', '/metrics')).body;
      const has = (name) => new RegExp(`^${name}\\{flow="fails"`, 'm').test(text);
      return has('semstreams_message_errors_total') && has('semstreams_message_waiting') && shownIn(text);
    },
    60_000,
  );
  // nothing is given up on here, and a metric without a value shows no labels
  for (const label of ['flow', 'component', 'reason']) shown.get('semstreams_message_dropped_total').add(label);
}, 120_000);
afterAll(async () => {
  await server.end();
  rmSync(server.dataDir, { recursive: true, force: true });
});

describe('dashboard and alerts', () => {
  it('have questions', () => expect(questions.length).toBeGreaterThan(25));

  it.each(questions)('%s asks for metrics and labels that /metrics has', (_, expression) =>
    expect(missing(expression, shown)).toEqual([]),
  );

  it('show labels in their legends that the question leaves', () => {
    const targets = dashboard.panels.flatMap((panel) => panel.targets);
    const lost = targets.filter(({ expr, legendFormat = '' }) => {
      const { metrics, labels } = namesIn(expr);
      const left = /\bby\s*\(/.test(expr) ? labels : metrics.flatMap((name) => [...shown.get(name)]);
      return [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].some(([, label]) => !left.includes(label));
    });
    expect(lost).toEqual([]);
  });

  it('are understood by Prometheus', () => expect(judge(questions.map(([, expression]) => expression))).toBe(''));

  it.each([
    ['a metric that is not there', 'rate(semstreams_messages_total[5m])', ['semstreams_messages_total']],
    ['a label that is not there', 'sum by (pipeline) (semstreams_message_in_total{flow="a"})', ['pipeline']],
  ])('%s is caught', (_, expression, names) => expect(missing(expression, shown)).toEqual(names));

  it('an expression that is none is caught', () => expect(judge(['sum by flow (up)'])).toContain('parse error'));
});

/** What promtool has to say about expressions: nothing where it understands them. */
const judge = (expressions) => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-rules-'));
  const rules = expressions.map((expression, index) => ({
    record: `question_${index}`,
    expr: expression.replaceAll('$__rate_interval', '1m').replaceAll('$flow', '.*'),
  }));
  try {
    writeFileSync(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'questions', rules }] }));
    execFileSync(findPromtool(), ['check', 'rules', join(folder, 'rules.yml')], { stdio: 'pipe' });
    return '';
  } catch ({ stdout, stderr }) {
    return `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
