import { arrivalWatch } from '../../../component-kit/times/arrival-watch.ts';
import { type Io, implement } from '../../../engine/component.ts';
import { limits } from '../../../engine/limits.ts';
import type { Message } from '../../../engine/message.ts';
import { Latest, type Waiting } from './latest.ts';
import { mostApart, throttleDefinition } from './throttle.definition.ts';
import { limiter, type Passed, spreader, type ThrottleOptions } from './throttle.ts';

const [shortestTickMs, longestTickMs] = [20, 1000];

export const throttle = implement(throttleDefinition, ({ config, io }) => {
  // never forgets: what it holds goes on before there are too many
  const waiting = io.kept<Waiting>('waiting', { most: mostApart });
  const latest = new Latest({ ...config, mostBytes: limits.growth }, waiting);
  const open = (): void => latest.open();
  if (config.keep === 'last') {
    const arrivals = arrivalWatch(io);
    return {
      open,
      in: (message) => {
        arrivals.saw(message.time);
        return latest.take(message);
      },
      everyMs: Math.min(longestTickMs, Math.max(shortestTickMs, config.per / 10)),
      tick: () => {
        if (waiting.size === 0 || arrivals.isBehind) return undefined;
        const out = latest.over(io.now());
        return out.length === 0 ? undefined : { out };
      },
      facts: () => ({ waiting: waiting.size }),
    };
  }
  const { passes, remembered } = passing(config.keep, config, io);
  return {
    open,
    in: (message) => {
      // what this component held when it kept the last ones
      const before = waiting.size === 0 ? [] : latest.all();
      if (before.length === 0) return passes(message) ? { out: message } : { rest: message };
      return passes(message) ? { out: [...before, message] } : { out: before, rest: message };
    },
    facts: () => ({ remembered: remembered.size }),
  };
});

/** Whether a message passes at once, and what is remembered for that. */
const passing = (
  keep: 'first' | 'even',
  config: ThrottleOptions & { readonly most: number },
  io: Io,
): { readonly passes: (message: Message) => boolean; readonly remembered: { readonly size: number } } => {
  if (keep === 'even') {
    const due = io.kept<number>('due', config);
    return { passes: spreader(config, due), remembered: due };
  }
  const passed = io.kept<Passed>('passed', config);
  return { passes: limiter(config, passed), remembered: passed };
};
