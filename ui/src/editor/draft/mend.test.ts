import type { Finding, Flow } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { mendsOf } from './mend.ts';

const flow: Flow = {
  id: 'a',
  name: 'A',
  components: [
    { id: 'in', type: 'udp_inptu', config: { port: 1 } },
    { id: 'keep', type: 'json_filter', config: { ruls: [{ field: 'a', operator: 'gth' }], match: 'all' } },
    { id: 'keep', type: 'log_output' },
  ],
  connections: [
    { from: 'in', to: 'kepe' },
    { from: 'in', to: 'keep' },
  ],
};
const finding = (code: string, place: string, instead?: string): Finding => ({
  severity: 'error',
  code,
  place,
  sentence: '',
  ...(instead === undefined ? {} : { instead }),
});
const mended = (given: Finding, at = 0): Flow => mendsOf(flow, given)[at]!.edit.change(flow);

it('takes what was meant', () => {
  expect(mended(finding('unknown_type', 'components[0].type', 'udp_input')).components[0]).toEqual({
    id: 'in',
    type: 'udp_input',
    config: { port: 1 },
  });
  const operator = finding('wrong_value', 'components[1].config.ruls[0].operator', 'gt');
  expect(mended(operator).components[1]!.config).toEqual({ ruls: [{ field: 'a', operator: 'gt' }], match: 'all' });
});

it('renames a key in its place, or takes it away', () => {
  const key = finding('unknown_key', 'components[1].config.ruls', 'rules');
  expect(JSON.stringify(mended(key).components[1]!.config)).toBe(
    '{"rules":[{"field":"a","operator":"gth"}],"match":"all"}',
  );
  expect(mended(key, 1).components[1]!.config).toEqual({ match: 'all' });
});

it('puts a connection right, or takes it away', () => {
  const port = finding('wrong_port', 'connections[0].to', 'keep');
  expect(mended(port).connections![0]).toEqual({ from: 'in', to: 'keep' });
  expect(mended(port, 1).connections).toEqual([{ from: 'in', to: 'keep' }]);
  expect(mendsOf(flow, finding('duplicate_connection', 'connections[1]')).map(({ label }) => label)).toEqual([
    'Remove the connection',
  ]);
});

it('gives one of two its own id', () => {
  expect(mended(finding('duplicate_id', 'components[2].id')).components[2]!.id).toBe('keep-2');
});

it('leaves to people what it does not know', () => {
  expect(mendsOf(flow, finding('wrong_type', 'components[1].config.match'))).toEqual([]);
  expect(mendsOf(flow, finding('unknown_key', 'components[1].config.no.such', 'x'))).toEqual([]);
  expect(mendsOf(flow, finding('empty', 'components'))).toEqual([]);
});
