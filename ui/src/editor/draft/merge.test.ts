import type { Flow } from '@semstreams/contract';
import { describe, expect, it } from 'vitest';
import { merge } from './merge.ts';

const base: Flow = {
  id: 'f',
  name: 'Flow',
  components: [
    { id: 'a', type: 'source', config: { port: 1, host: 'x' } },
    { id: 'b', type: 'sink' },
  ],
  connections: [{ from: 'a.out', to: 'b.in' }],
  layout: { a: { x: 0, y: 0 } },
};
const [a, b] = [base.components[0]!, base.components[1]!];
const withPort = (port: number, host = 'x'): Flow => ({ ...base, components: [{ ...a, config: { port, host } }, b] });

describe('two changes of one flow', () => {
  it('to different components are both kept', () => {
    const ours = withPort(2);
    const theirs: Flow = { ...base, components: [a, { ...b, name: 'Sink' }], name: 'Renamed' };
    expect(merge(base, ours, theirs)).toEqual({
      flow: {
        ...base,
        name: 'Renamed',
        components: [
          { ...a, config: { port: 2, host: 'x' } },
          { ...b, name: 'Sink' },
        ],
      },
      conflicts: [],
    });
  });

  it('to different settings of one component are both kept', () =>
    expect(merge(base, withPort(2), withPort(1, 'y'))).toEqual({ flow: withPort(2, 'y'), conflicts: [] }));

  it('to the same value are no conflict', () =>
    expect(merge(base, withPort(2), withPort(2))).toEqual({ flow: withPort(2), conflicts: [] }));

  it('to the same setting are a conflict that knows both values', () => {
    const conflict = { title: '“a”: port', component: 'a', key: 'config a port', ours: 2, theirs: 3 };
    expect(merge(base, withPort(2), withPort(3))).toEqual({ flow: withPort(2), conflicts: [conflict] });
    expect(merge(base, withPort(2), withPort(3), () => 'theirs').flow).toEqual(withPort(3));
  });

  it('one of which deletes what the other changes are a conflict', () => {
    const gone: Flow = { ...base, components: [b], connections: [] };
    expect(merge(base, withPort(2), gone).conflicts).toMatchObject([{ key: 'component a', theirs: undefined }]);
    expect(merge(base, withPort(2), gone, () => 'theirs').flow).toEqual({ ...gone, layout: {} });
  });

  it('to places never bother anybody', () => {
    const at = (x: number): Flow => ({ ...base, layout: { a: { x, y: 0 } } });
    expect(merge(base, at(1), at(2))).toEqual({ flow: at(1), conflicts: [] });
  });

  it('keep connections that either side added, without those that either side took away', () => {
    const ours: Flow = { ...base, connections: [] };
    const theirs: Flow = { ...base, connections: [...base.connections!, { from: 'b.out', to: 'a.in' }] };
    expect(merge(base, ours, theirs).flow.connections).toEqual([{ from: 'b.out', to: 'a.in' }]);
  });
});
