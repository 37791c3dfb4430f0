import { expect, it } from 'vitest';
import { figures, inForm } from '../harness/form.ts';
import { killWhileArriving } from '../harness/kill-while-arriving.ts';
import { Ledger } from '../harness/ledger.ts';
import { numbersBelow } from '../harness/numbers.ts';
import { Product } from '../harness/product.ts';
import { until } from '../harness/until.ts';

const total = inForm({ short: 6000, long: 60_000 });
const kills = inForm({ short: 4, long: 20 });

/**
 * Two counters in a row: the second one would notice a message that the first has handed on twice, or that came twice or never out of
 * the lists between them. De-duplication behind them would lose what it has noted and not handed on.
 */
const countedFlow = (port: number) => ({
  id: 'counted',
  name: 'Counted',
  components: [
    { id: 'source', type: 'steady_input', config: { to: total, batch: 50, every_ms: 40 } },
    { id: 'first', type: 'count_processor', config: { keys: 7 } },
    { id: 'lists', type: 'batch', config: { messages: 7, wait: '5s' } },
    { id: 'parts', type: 'split' },
    { id: 'even', type: 'json_filter', config: { rules: [{ field: 'n', operator: 'gte', value: 0 }] } },
    { id: 'second', type: 'count_processor', config: { keys: 11 } },
    { id: 'once', type: 'deduplicate', config: { fields: ['n'], most: 1_000_000 } },
    { id: 'ledger', type: 'ledger_output', config: { port } },
  ],
  connections: [
    { from: 'source', to: 'first', delivery: 'guaranteed' as const, buffer: { when_full: 'block' as const } },
    { from: 'first', to: 'lists', delivery: 'guaranteed' as const, buffer: { when_full: 'block' as const } },
    { from: 'lists', to: 'parts' },
    { from: 'parts', to: 'even' },
    { from: 'even.out', to: 'second', delivery: 'guaranteed' as const, buffer: { when_full: 'block' as const } },
    { from: 'second', to: 'once', delivery: 'guaranteed' as const, buffer: { when_full: 'block' as const } },
    { from: 'once.out', to: 'ledger', delivery: 'guaranteed' as const, buffer: { when_full: 'block' as const } },
  ],
});

/**
 * Windows of a hundred numbers each, by a time that is the number itself. A window that lacked a number, or had one twice, would
 * not pass the filter; one that was handed on twice would be a double. The rule begins with every second window and ends with the
 * next: it would be silent for one that came again, and miss nothing of one that did not.
 */
const windowedFlow = (port: number) => ({
  id: 'windowed',
  name: 'Windowed',
  components: [
    { id: 'source', type: 'steady_input', config: { to: total + windowLength, batch: 50, every_ms: 40 } },
    {
      id: 'windows',
      type: 'aggregate',
      config: {
        size: `${windowLength}ms`,
        time_field: 'n',
        time_unit: 'ms',
        results: [
          { calculate: 'min', field: 'n', name: 'n' },
          { calculate: 'count' },
          { calculate: 'stddev_population', field: 'n', name: 'spread' },
          { calculate: 'percentile', percent: 100, field: 'n', name: 'highest' },
        ],
      },
    },
    {
      id: 'whole',
      type: 'json_filter',
      config: {
        rules: [
          { field: 'count', operator: 'eq', value: windowLength },
          { field: 'spread', operator: 'between', value: [28.866, 28.867] },
        ],
      },
    },
    { id: 'odd', type: 'rule', config: { rules: [{ field: 'n', operator: 'in', value: odd }] } },
    { id: 'flat', type: 'json_map', config: { steps: [{ do: 'rename', from: 'message.n', to: 'n' }] } },
    { id: 'ledger', type: 'ledger_output', config: { port } },
  ],
  connections: [
    { from: 'source', to: 'windows', delivery: 'guaranteed' as const, buffer: { when_full: 'block' as const } },
    { from: 'windows', to: 'whole', delivery: 'guaranteed' as const, buffer: { when_full: 'block' as const } },
    { from: 'whole.out', to: 'odd', delivery: 'guaranteed' as const, buffer: { when_full: 'block' as const } },
    { from: 'odd.out', to: 'flat' },
    { from: 'flat', to: 'ledger' },
  ],
});
const windowLength = 100;
/** Beginnings of all windows but the first: the rule is not on before it. */
const windowed = Array.from({ length: total / windowLength - 1 }, (_, index) => (index + 1) * windowLength);
const odd = windowed.filter((_, index) => index % 2 === 0);

it('counters by key, lists and a de-duplication give the same results through kill -9 as without', async () => {
  const ledger = await Ledger.open();
  const product = await Product.started({ settings: { SEMSTREAMS_LANES_MOST_UNCLEAN_ENDS: '1000' } });
  await product.deploy(countedFlow(ledger.port));
  await killWhileArriving(product, { ledger, kills, expected: total });
  await until('all have arrived', () => ledger.count >= total, 240_000);
  const account = ledger.account(numbersBelow(total));
  figures('kept state', { kills, sent: total, ...account, different: ledger.count });
  // what the output was handed twice is told by its number; a count too many would be a number too high
  expect({ lost: account.lost, different: ledger.count }).toEqual({ lost: 0, different: total });
});

it('windows and a rule give the same results through kill -9 as without', async () => {
  const ledger = await Ledger.open();
  const product = await Product.started({ settings: { SEMSTREAMS_LANES_MOST_UNCLEAN_ENDS: '1000' } });
  await product.deploy(windowedFlow(ledger.port));
  await killWhileArriving(product, { ledger, kills, expected: windowed.length });
  await until('all windows have arrived', () => ledger.count >= windowed.length, 240_000);
  const account = ledger.account(windowed);
  figures('windows', { kills, sent: total, ...account, different: ledger.count });
  expect({ lost: account.lost, different: ledger.count }).toEqual({ lost: 0, different: windowed.length });
});
