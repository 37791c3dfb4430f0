import { groupReader } from '../../../component-kit/fields/key-reader.ts';
import { compile, type Rule } from '../../../component-kit/rules/rules.ts';
import { arrivalWatch } from '../../../component-kit/times/arrival-watch.ts';
import { clockJumps } from '../../../component-kit/times/clock-jumps.ts';
import { implement } from '../../../engine/component.ts';
import { leadsToMany, reader, valuesReader } from '../../../engine/field-path.ts';
import { joined, namesHeaders } from '../../../engine/header-path.ts';
import type { Message } from '../../../engine/message.ts';
import { ruleDefinition } from './rule.definition.ts';
import { type Standing, type Told, Watch } from './watch.ts';

const [shortestTickMs, longestTickMs] = [100, 1000];
/** Within this time, in milliseconds, a message comes that waits nowhere. */
const soonMs = 1000;

export const rule = implement(ruleDefinition, ({ config, io }) => {
  const { rules, match, until, hold, hold_off: holdOff, cool_down: coolDown, repeat = Infinity, tell } = config;
  const standings = io.kept<Standing>('standings', { most: config.most });
  const begins = compile(rules, match);
  const ends = compile(until);
  const concerns = concernOf([...rules, ...until]);
  const seen = namesHeaders([rules, until]) ? joined : ({ payload }: Message): unknown => payload;
  const watch = new Watch(standings, {
    says: (message, isOn) => {
      const payload = seen(message);
      if (!concerns(payload)) return undefined;
      return isOn && until.length > 0 ? !ends(payload) : begins(payload);
    },
    hold,
    holdOff,
    coolDown,
    repeat,
  });
  const groupOf = groupReader(config.by);
  const arrivals = arrivalWatch(io);
  const jumps = clockJumps(io);
  let jumpMs = 0;
  /** What came in before the clock was set bears the time of before: nothing is moved while such may come. */
  const keepTime = (isOfNow: boolean): void => {
    jumpMs += jumps();
    if (jumpMs === 0 || !isOfNow) return;
    watch.shift(jumpMs);
    jumpMs = 0;
  };
  const messageOf = ({ event, since, at, payload }: Told) =>
    io.message({
      event,
      since: new Date(since).toISOString(),
      at: new Date(at).toISOString(),
      lasted_s: (at - since) / 1000,
      ...(payload === undefined ? {} : { message: payload }),
    });
  const isTold = ({ event }: Told): boolean => tell === 'both' || event === 'while' || event === tell;
  const shortest = Math.min(...[hold, holdOff, coolDown, repeat].filter((ms) => ms > 0));
  const isTimed = shortest !== Infinity;
  return {
    in: (message) => {
      if (isTimed) arrivals.saw(message.time);
      const group = groupOf(message);
      // the clock is looked at where it counts: that takes longer than all the rest
      if (!isTimed && watch.isSettledBy(group, message))
        return standings.get(group)?.isOn === true ? { holding: message } : undefined;
      keepTime(Math.abs(io.now() - message.time) <= soonMs);
      const told = watch.take(group, message, message.time).filter(isTold);
      const isHolding = standings.get(group)?.isOn === true;
      if (told.length === 0) return isHolding ? { holding: message } : undefined;
      return { out: told.map(messageOf), ...(isHolding ? { holding: message } : {}) };
    },
    // without times that pass there is nothing to look for
    ...(!isTimed
      ? {}
      : {
          everyMs: Math.min(longestTickMs, Math.max(shortestTickMs, shortest / 10)),
          tick: () => {
            keepTime(arrivals.silence >= soonMs);
            if (arrivals.isBehind || jumpMs !== 0) return undefined;
            const told = watch.pass(io.now()).flatMap(([, all]) => all.filter(isTold));
            return told.length === 0 ? undefined : { out: told.map(messageOf) };
          },
        }),
    facts: () => ({ watched: standings.size, holding: watch.on }),
  };
});

/** Whether a message says anything of the fields that rules ask for; where they ask whether one is there, each does. */
const concernOf = (rules: readonly Rule[]): ((payload: unknown) => boolean) => {
  if (rules.some(({ operator }) => operator === 'exists')) return () => true;
  const readers = rules.map(({ field }) =>
    leadsToMany(field) ? (payload: unknown) => valuesReader(field)(payload)[0] : reader(field),
  );
  return (payload) => readers.some((read) => read(payload) !== undefined);
};
