import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { hostLane } from './lane-host.ts';
import { beatMs, type FromLane, type LaneSetup, pulse, type ToLane } from './lane-protocol.ts';

/** The entry of a lane's thread: connects the messages of the main thread with the lane's host. */
const port = parentPort;
if (!port) throw new Error('a lane is started by the server, not by hand');
const setup = workerData as LaneSetup;

const marks = new Int32Array(setup.pulse);
const say = (message: FromLane): void => port.postMessage(message);
const host = hostLane(setup, marks, say);
port.on('message', (message: ToLane) => void host.handle(message));

setInterval(() => Atomics.add(marks, pulse.beats, 1), beatMs);
setInterval(() => host.tellFacts(), 1000);

/** A little behind the main thread and the nats-server: they answer people, whatever the flows here have to do. */
const modesty = 5;

/** Where a core is shared, the operating system then lets those others go first. It costs nothing where nobody waits. */
function beModest(thread: number | undefined): void {
  if (thread === undefined) return;
  try {
    setPriority(thread, modesty);
  } catch {
    // some systems do not let a thread say so: it works all the same
  }
}

/** On Linux `/proc/thread-self` leads to `<process>/task/<thread>`. */
const threadId = (): number | undefined => {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  } catch {
    return undefined;
  }
};
const thread = threadId();
beModest(thread);
say({ kind: 'ready', thread });
