import { arrivalWatch } from '../../../component-kit/times/arrival-watch.ts';
import { implement } from '../../../engine/component.ts';
import { limits, messageOverhead } from '../../../engine/limits.ts';
import { Message } from '../../../engine/message.ts';
import { batchDefinition } from './batch.definition.ts';
import { Batches, type Collected, listOf, type Waiting } from './batch.ts';

const [shortestTickMs, longestTickMs] = [20, 1000];
/** Never forgets: more cannot wait within the bytes that may. */
const most = Math.ceil(limits.growth / messageOverhead) + 1;

export const batch = implement(batchDefinition, ({ config, io }) => {
  const batches = new Batches({ ...config, mostBytes: limits.growth }, io.kept<Waiting>('waiting', { most }));
  const arrivals = arrivalWatch(io);
  const messageOf = (collected: Collected): Message => {
    const { source, sequence } = io.message(undefined);
    return Message.fromJson(listOf(collected), { time: collected.at(-1)!.time, source, sequence, headers: {} });
  };
  const outcome = (made: readonly Collected[]) => (made.length === 0 ? undefined : { out: made.map(messageOf) });
  return {
    open: () => batches.restore(),
    in: (message) => {
      arrivals.saw(message.time);
      return outcome(batches.add(message));
    },
    everyMs: Math.min(longestTickMs, Math.max(shortestTickMs, config.wait / 10)),
    tick: () => (batches.size === 0 || arrivals.isBehind ? undefined : outcome(batches.over(io.now()))),
    last: () => (config.at_stop === 'keep' ? undefined : outcome(batches.all())),
    facts: () => ({ lists: batches.size }),
  };
});
