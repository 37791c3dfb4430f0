import { loadDefinition } from '../../catalogue/load-definition.ts';
import { sentenceOf } from '../../engine/fault.ts';
import { yieldToOthers } from '../../machine/yield-to-others.ts';
import { limitTo } from '../../reach/reach.ts';
import type { FromTrial, TrialOrder } from '../trial-order.ts';
import { tryFlow } from './try-flow.ts';

/** A process of its own that tries one flow: scripts and component types of others may loop, or crash. */
const send = process.send?.bind(process);
if (!send) throw new Error('a trial is started by the server, not by hand');
const say = (message: FromTrial): void => void send(message, undefined, undefined, () => undefined);
const fail = (thrown: unknown): void => say({ kind: 'failed', sentence: sentenceOf(thrown) });

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
const exit = process.exit.bind(process);
process.once('disconnect', () => exit(0));
process.exit = () => {
  throw new Error('a component may not end the process');
};
delete process.send;
yieldToOthers();

process.once('message', (order: TrialOrder) => void work(order));

const work = async (order: TrialOrder): Promise<void> => {
  limitTo(order.reach);
  try {
    say({ kind: 'done', outcome: await tryFlow(order, { load: loadDefinition, enter: tellOwn(order) }) });
  } catch (thrown) {
    fail(thrown);
  }
};

/** Nobody knows what a component type does that does not come with the product: it is named before it is at work. */
const tellOwn = ({ flow, ownComponents }: TrialOrder): ((component: string) => void) => {
  const own = new Set(flow.components.flatMap(({ id, type }) => (ownComponents[type] === undefined ? [] : [id])));
  return (component) => {
    if (own.has(component)) say({ kind: 'at', component });
  };
};
