import { expect, it } from 'vitest';
import { figures, inForm } from '../harness/form.ts';
import { killWhileArriving } from '../harness/kill-while-arriving.ts';
import { Ledger } from '../harness/ledger.ts';
import { numbersBelow } from '../harness/numbers.ts';
import { Product } from '../harness/product.ts';
import { until } from '../harness/until.ts';

const total = inForm({ short: 6000, long: 60_000 });
const kills = inForm({ short: 4, long: 20 });
const hundreds = total / 100;

/** So many of something from a number on, each so many after the one before. */
const every = (step: number, { from = 0, count }: { readonly from?: number; readonly count: number }): number[] =>
  Array.from({ length: count }, (_, index) => from + index * step);

const results = [
  { calculate: 'min', field: 'n', name: 'n' },
  { calculate: 'count', name: 'count' },
];
const whole = { type: 'json_filter', config: { rules: [{ field: 'count', operator: 'eq', value: 100 }] } };

/**
 * What each type makes of the numbers, reckoned by hand. A message that was counted twice, or not at all, would give another number
 * or none: a window that is not whole is left out by the filter behind it.
 */
const branches: Readonly<Record<string, { readonly steps: readonly object[]; readonly expected: Iterable<number> }>> = {
  changed: {
    steps: [{ type: 'changed', config: { fields: ['hundred'] } }],
    expected: every(100, { count: hundreds }),
  },
  first: {
    steps: [{ type: 'throttle', config: { messages: 1, per: '24h', by: ['hundred'] } }],
    expected: every(100, { count: hundreds }),
  },
  // what is held goes on when there are more hundreds than may be held: the last three never do
  last: {
    steps: [{ type: 'throttle', config: { keep: 'last', messages: 1, per: '24h', by: ['hundred'], most: 3 } }],
    expected: every(100, { from: 99, count: hundreds - 3 }),
  },
  sliding: {
    steps: [
      {
        type: 'aggregate',
        config: { window: 'sliding', size: '100ms', every: '50ms', time_field: 'n', time_unit: 'ms', results },
      },
      whole,
    ],
    expected: every(50, { count: (total - 100) / 50 }),
  },
  session: {
    steps: [
      { type: 'aggregate', config: { window: 'session', gap: '500ms', time_field: 'time', time_unit: 'ms', results } },
      whole,
    ],
    expected: every(100, { count: hundreds - 1 }),
  },
  counted: {
    steps: [{ type: 'aggregate', config: { window: 'count', messages: 100, results } }, whole],
    expected: every(100, { count: hundreds }),
  },
  // its state would be a number behind, or ahead
  script: {
    steps: [
      {
        type: 'script',
        config: {
          code: 'function process() {\n  state.next = (state.next ?? -1) + 1;\n  return { payload: { n: state.next } };\n}',
        },
      },
    ],
    expected: numbersBelow(total),
  },
};

const guaranteed = { delivery: 'guaranteed' as const, buffer: { when_full: 'block' as const } };

/** A router that gives all to each of them, everything between guaranteed connections. */
const flow = (ledgers: ReadonlyMap<string, Ledger>) => {
  const chains = Object.entries(branches).map(([name, { steps }]) => [
    ...steps.map((step, index) => ({ id: `${name}-${index}`, ...step })),
    { id: `${name}-ledger`, type: 'ledger_output', config: { port: ledgers.get(name)!.port } },
  ]);
  const routes = Object.keys(branches).map((name) => ({ name }));
  return {
    id: 'by-types',
    name: 'By types',
    components: [
      { id: 'source', type: 'steady_input', config: { to: total, batch: 50, every_ms: 40 } },
      { id: 'way', type: 'router', config: { routes, send_to: 'all' } },
      ...chains.flat(),
    ],
    connections: [
      { from: 'source', to: 'way', ...guaranteed },
      ...chains.flatMap((chain, index) =>
        chain.map(({ id }, at) => ({
          from: at === 0 ? `way.${routes[index]!.name}` : `${chain[at - 1]!.id}.out`,
          to: id,
          ...guaranteed,
        })),
      ),
    ],
  };
};

it('a router, changed, throttle, all windows and a script give the same results through kill -9 as without', async () => {
  const ledgers = new Map<string, Ledger>();
  for (const name of Object.keys(branches)) ledgers.set(name, await Ledger.open());
  const product = await Product.started({ settings: { SEMSTREAMS_LANES_MOST_UNCLEAN_ENDS: '1000' } });
  await product.deploy(flow(ledgers) as never);
  await killWhileArriving(product, { ledger: ledgers.get('script')!, kills, expected: total });
  for (const [name, { expected }] of Object.entries(branches)) {
    const ledger = ledgers.get(name)!;
    const numbers = [...expected];
    await until(`all of "${name}" have arrived`, () => ledger.count >= numbers.length, 240_000);
    const { lost, doubles } = ledger.account(numbers);
    figures(name, { kills, sent: total, lost, doubles, different: ledger.count });
    expect({ name, lost, different: ledger.count }).toEqual({ name, lost: 0, different: numbers.length });
  }
});
