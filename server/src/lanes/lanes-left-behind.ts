import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOf } from '../machine/processes.ts';
import { readHands, removeHands } from './agreed/hand-file.ts';
import { notesFolder } from './agreed/note-file.ts';
import type { UncleanEnds } from './unclean-ends.ts';
import { readWork, removeWork, workSuffix } from './agreed/work-notes.ts';

/** How long a lane whose server is gone may take to end by itself, in milliseconds. */
const politeMs = 500;
const lookMs = 20;

/**
 * Ends what an earlier server left behind, before anything runs beside it, and notes the flows that were at work when it
 * ended. Lanes that came back to their event loop have ended by themselves and left no notes.
 */
export const endLanesLeftBehind = async (dataDir: string, unclean: UncleanEnds): Promise<void> => {
  const deadline = performance.now() + politeMs;
  for (const name of namesIn(dataDir)) {
    const work = readWork(dataDir, name);
    if (work) await endOf(work, deadline);
    // one that ended by itself meanwhile has taken its notes with it
    const at = readWork(dataDir, name)?.at;
    if (at) {
      const hands = readHands(dataDir, at.flow);
      unclean.add(at.flow, { sentence: 'the server ended while it was at work', hands: { ...hands } });
    }
    removeWork(dataDir, name);
  }
  for (const flow of flowsIn(dataDir)) removeHands(dataDir, flow);
};

const endOf = async (
  { process: id, started }: { readonly process: number; readonly started: string },
  deadline: number,
): Promise<void> => {
  const isThere = (): boolean => id > 0 && started !== '' && startOf(id) === started;
  while (isThere()) {
    if (performance.now() > deadline) kill(id);
    await sleep(lookMs);
  }
};

const kill = (id: number): void => {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // it is gone already
  }
};

const endingWith = (dataDir: string, suffix: string): string[] => {
  try {
    return readdirSync(notesFolder(dataDir))
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length));
  } catch {
    return [];
  }
};
const namesIn = (dataDir: string): string[] => endingWith(dataDir, workSuffix);
const flowsIn = (dataDir: string): string[] => endingWith(dataDir, '.hands');
