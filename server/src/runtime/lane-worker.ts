import { readlinkSync } from 'node:fs';
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

/** On Linux `/proc/thread-self` leads to `<process>/task/<thread>`. */
const threadId = (): number | undefined => {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  } catch {
    return undefined;
  }
};
say({ kind: 'ready', thread: threadId() });
