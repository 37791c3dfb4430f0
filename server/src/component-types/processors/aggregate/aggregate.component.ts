import { implement } from '../../../engine/component.ts';
import { aggregateDefinition } from './aggregate.definition.ts';
import { aggregator } from './aggregate.ts';
import type { Open } from './open-windows.ts';
import { nameOf } from './result-settings.ts';
import { chunksFor } from './results.ts';

/** Beyond what may be open by so many, since one message may belong to several windows. */
const spare = 1000;
const [shortestTickMs, longestTickMs] = [100, 1000];

export const aggregate = implement(aggregateDefinition, ({ config, io }) => {
  const { window, size, gap, quiet = Infinity, most } = config;
  const results = config.results.map((result) => ({ ...result, name: nameOf(result) }));
  const windows = io.kept<Open>('windows', { most: most + spare });
  const values = io.kept<readonly number[]>('values', { most: chunksFor({ results, most }) + spare });
  const all = aggregator(
    {
      ...config,
      results,
      times:
        config.time_field === ''
          ? undefined
          : {
              field: config.time_field,
              unit: config.time_unit,
              format: config.time_format,
              zone: config.time_zone,
              twice: config.time_twice,
            },
      zone: config.time_zone,
      mostAhead: config.most_ahead === 0 ? Infinity : config.most_ahead,
      quiet,
    },
    { windows, values, clock: io.kept<number>('clock', { most: 1 }) },
    { now: () => io.now(), monotonic: () => io.monotonic(), late: () => io.drop('late') },
  );
  const outcome = (made: readonly unknown[]) =>
    made.length === 0 ? undefined : { out: made.map((payload) => io.message(payload)) };
  const shortest = Math.min(window === 'session' ? gap : size, quiet);
  return {
    in: (message) => outcome(all.add(message)),
    everyMs: Math.min(longestTickMs, Math.max(shortestTickMs, shortest / 10)),
    tick: () => outcome(all.tick()),
    facts: () => ({ open: windows.size }),
  };
});
