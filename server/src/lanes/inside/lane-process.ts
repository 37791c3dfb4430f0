import { sentenceOf } from '../../engine/fault.ts';
import { yieldToOthers } from '../../machine/yield-to-others.ts';
import { limitTo } from '../../reach/reach.ts';
import { hostLane } from './lane-host.ts';
import { askInspector } from './lane-inspector.ts';
import { beatMs, type FromLane, type LaneSetup, type ToLane } from '../agreed/lane-protocol.ts';

/** The entry of a lane's process: connects the messages of the server with the lane's host. */
const send = process.send?.bind(process);
if (!send) throw new Error('a lane is started by the server, not by hand');
const exit = process.exit.bind(process);

const say = (message: FromLane): void => {
  if (process.connected) send(message, undefined, undefined, () => undefined);
};
let host: ReturnType<typeof hostLane> | undefined;

const open = (setup: LaneSetup): void => {
  limitTo(setup.reach);
  const opened = hostLane(setup, say);
  host = opened;
  setInterval(() => {
    opened.tellCounted();
    say({ kind: 'beat', at: Number(process.hrtime.bigint()) / 1e6 });
  }, beatMs);
  setInterval(() => {
    opened.tellFacts();
    opened.lookAgain();
  }, 1000);
  say({ kind: 'ready' });
};

const answer = async ({ request, method, params }: Extract<ToLane, { readonly kind: 'ask' }>): Promise<void> =>
  askInspector(method, params).then(
    (found) => say({ kind: 'answered', request, answer: found }),
    (thrown: unknown) => say({ kind: 'answered', request, problem: sentenceOf(thrown) }),
  );

process.on('message', (message: ToLane) => {
  if (message.kind === 'setup') open(message.setup);
  else if (message.kind === 'ask') void answer(message);
  else void host?.handle(message);
});

/** The server has ended this lane, or has ended itself: nothing is delivered beside its next start. */
process.once('disconnect', () => {
  host?.close();
  exit(0);
});
// a terminal and a service manager send these to all processes at once: the server drains the flows and ends the lanes
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

/** How long the last message may take to leave, in milliseconds. */
const lastWordMs = 200;

const uncaught = (thrown: unknown): void => {
  if (host?.blame(thrown)) return;
  setTimeout(() => exit(1), lastWordMs);
  send({ kind: 'crashed', sentence: sentenceOf(thrown) } satisfies FromLane, undefined, undefined, () => exit(1));
};
process.on('uncaughtException', uncaught);
process.on('unhandledRejection', uncaught);
process.exit = () => {
  throw new Error('a component may not end the process');
};
// libraries tell their own process managers by it that they are ready; the server is none of them
delete process.send;
yieldToOthers();
