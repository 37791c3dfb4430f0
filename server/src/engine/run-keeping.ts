import { allOf, type Deliver, nowhere } from './deliver.ts';
import { Keeper, type Made } from './keeper.ts';
import type { Batch } from './message.ts';
import { type Origin, originOf } from './origins.ts';
import { hasSeveralWays, type Plan, type PlannedComponent } from './plan.ts';
import type { HandOnMade } from './run-ticks.ts';
import type { World } from './world.ts';

/** How long after a change what is kept is written where nobody waits for it, in milliseconds. */
const keepAfterMs = 1000;

/** What the ports of a component lead to. */
export type Exits = readonly { readonly name: string; readonly deliver: Deliver }[];

export interface Keeping {
  readonly keeper: Keeper;
  /** The function that takes batches on a port; `run` makes one of the handler that hands on to the ports that it is given. */
  entry(given: { readonly ports: Exits; readonly run: (ports: Exits) => Deliver }): Deliver;
  /** The same for what is made beside messages. */
  beside(given: { readonly ports: Exits; readonly run: (ports: Exits) => HandOnMade }): HandOnMade;
  /** Reads what was kept, before anything comes in. What may not have been handed on is handed on first of all. */
  open(): Promise<void>;
  /** Keeps what has changed since; the component takes nothing more then. */
  close(): Promise<void>;
}

/**
 * Lets a component keep something exactly. What may come again (it has an origin or a position, or is on disk upstream) is taken
 * in turns: what was seen is left out, what changes and what is made of it go to disk as one record, then it is handed on, with an
 * origin of its own; and only then the turn ends, so that upstream may forget. What cannot come again is handed on at once,
 * and what changes by it is kept within a second.
 */
export const runKeeping = (given: {
  readonly plan: Plan;
  readonly component: PlannedComponent;
  readonly world: World;
  /** Differs from start to start. */
  readonly started: string;
  readonly giveUp: AbortSignal;
  readonly fail: (thrown: unknown) => void;
}): Keeping => {
  const { plan, component, world, started, giveUp, fail } = given;
  const { id: name, type, index, isKept } = component;
  const keeper = new Keeper({
    log: world.openState(index),
    type,
    start: started,
    hasSeveralWays: hasSeveralWays(plan, { from: index }),
    random: () => world.random(),
    wait: async (milliseconds, signal) => world.wait(milliseconds, signal),
    giveUp,
    stuck: (sentence) => world.report(index, sentence === undefined ? 'running' : 'waiting', sentence ?? ''),
    damaged: (sentence) => void world.invalid({ component: index, sentence }, true),
  });
  const exits = new Map<string, Deliver>();
  let turn: Promise<void> | undefined;
  let collected = new Map<string, Batch>();
  let keepingSoon: NodeJS.Timeout | undefined;
  let isBroken = false;
  /** Whether anything comes in that may come again: then all is kept exactly. */
  let isExact = isKept;

  const handOn = async ({ start, number, ports }: Made): Promise<void> =>
    allOf(
      [...ports].map(([port, batch]) =>
        (exits.get(port) ?? nowhere)(batch, originOf(`${name}.${port}`, start, number, batch)),
      ),
    );

  /** One after the other; after one that failed nothing more is kept. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const before = turn;
    const mine = (async () => {
      await before?.catch(() => undefined);
      if (isBroken) throw new DOMException('the flow has ended', 'AbortError');
      try {
        await work();
      } catch (thrown) {
        isBroken = true;
        throw thrown;
      }
    })();
    turn = mine;
    const forget = (): void => {
      if (turn === mine) turn = undefined;
    };
    mine.then(forget, forget);
    return mine;
  };

  const take = async (batch: Batch, origin: Origin | undefined, collecting: Deliver): Promise<void> => {
    const fresh = keeper.fresh(batch, origin);
    if (fresh.length === 0) return;
    await collecting(fresh);
    await keepAndHandOn();
  };

  const keepAndHandOn = async (): Promise<void> => {
    const made = collected;
    collected = new Map();
    if (made.size > 0 || keeper.hasChanged) await handOn(await keeper.keep(made));
  };

  const keepSoon = (): void => {
    if (!keeper.hasChanged) return;
    keepingSoon ??= setTimeout(() => {
      keepingSoon = undefined;
      inTurn(async () => void (await keeper.keep())).catch(fail);
    }, keepAfterMs).unref();
  };

  const collect =
    (port: string): Deliver =>
    (batch) => {
      const before = collected.get(port);
      collected.set(port, before ? [...before, ...batch] : batch);
    };

  const collectingPorts = (ports: Exits): Exits =>
    ports.map(({ name: port, deliver }) => ({
      name: port,
      deliver: deliver === nowhere ? nowhere : collect(port),
    }));

  /** Keeps soon what has changed in something that hands on at once. */
  const keepingSoonAfter = (wait: void | Promise<void>): void | Promise<void> => {
    keepSoon();
    return wait?.then(keepSoon);
  };

  return {
    keeper,
    entry: ({ ports, run }) => {
      for (const { name: port, deliver } of ports) exits.set(port, deliver);
      const direct = run(ports);
      const collecting = run(collectingPorts(ports));
      const now = (batch: Batch): void | Promise<void> => keepingSoonAfter(direct(batch));
      return (batch, origin) => {
        if (origin || isKept || batch[0]?.position !== undefined) {
          isExact = true;
          return inTurn(async () => take(batch, origin, collecting));
        }
        return turn ? turn.catch(() => undefined).then(() => now(batch)) : now(batch);
      };
    },
    beside: ({ ports, run }) => {
      const direct = run(ports);
      const collecting = run(collectingPorts(ports));
      return (make) => {
        if (!isExact) return keepingSoonAfter(direct(make));
        return inTurn(async () => {
          await collecting(make);
          await keepAndHandOn();
        });
      };
    },
    async open() {
      const unsure = await keeper.open();
      if (unsure) inTurn(async () => handOn(unsure)).catch(fail);
    },
    async close() {
      clearTimeout(keepingSoon);
      await turn?.catch(() => undefined);
      if (!isBroken && (keeper.hasChanged || keeper.isUnsure)) await keeper.keep();
    },
  };
};
