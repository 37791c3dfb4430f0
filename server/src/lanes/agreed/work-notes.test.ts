import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { emptyHand } from '../../engine/hand-on.ts';
import { HandFile, readHands } from './hand-file.ts';
import { place } from './lane-protocol.ts';
import { notesFolder } from './note-file.ts';
import { readWork, WorkNotes } from './work-notes.ts';

const folder = mkdtempSync(join(tmpdir(), 'semstreams-notes-'));
afterAll(() => rmSync(folder, { recursive: true }));
let folders = 0;
const dataDir = () => join(folder, String((folders += 1)));
const turn = async () => new Promise((resolve) => setImmediate(resolve));

it('tells which flow is at work, and nothing when the lane has come to rest', async () => {
  const data = dataDir();
  const notes = new WorkNotes(data, 'shared');
  const at = () => readWork(data, 'shared')?.at;
  const [one, other] = ['one', 'other'].map((flow, run) => ({ run, flow, isCareful: false }));
  const seen = [at()];
  for (const worker of [one!, other!]) {
    notes.enter(worker, 3);
    notes.enter(worker, place.idle);
    seen.push(at());
  }
  await turn();
  seen.push(at());
  expect(seen).toEqual([
    undefined,
    { run: 0, flow: 'one', component: place.somewhere },
    { run: 1, flow: 'other', component: place.somewhere },
    undefined,
  ]);
  expect(readWork(data, 'shared')?.process).toBe(process.pid);
  notes.close();
  expect(readWork(data, 'shared')).toBeUndefined();
});

it('tells the component of a flow that ended badly before', () => {
  const data = dataDir();
  const notes = new WorkNotes(data, 'own');
  const worker = { run: 7, flow: 'a', isCareful: true };
  const seen = [2, 3, place.idle].map((component) => {
    notes.enter(worker, component);
    return readWork(data, 'own')?.at?.component;
  });
  expect(seen).toEqual([2, 3, undefined]);
});

it('tells what was in hand, of any number of connections with any names', () => {
  const data = dataDir();
  const titles = ['a.out → b.in', 'ä "x"\n → ∞'];
  const before = { [titles[1]!]: { sequence: 2 ** 40, index: -1, stops: 2 } };
  const file = new HandFile({ dataDir: data, flow: 'a' }, titles, before);
  expect(file.notes(1).read()).toEqual(before[titles[1]!]);
  const hand = { sequence: 9, index: 4, stops: 1 };
  file.notes(0).note(hand);
  expect(readHands(data, 'a')).toEqual({ [titles[0]!]: hand, ...before });
  file.notes(0).note(emptyHand);
  expect(readHands(data, 'a')[titles[0]!]).toEqual(emptyHand);
  file.close();
  expect(readHands(data, 'a')).toEqual({});
});

it('knows nothing where the notes are damaged, and holds nothing up where none can be written', () => {
  const data = dataDir();
  new WorkNotes(data, 'shared');
  for (const name of readdirSync(notesFolder(data))) writeFileSync(join(notesFolder(data), name), '\0garbage');
  expect(readWork(data, 'shared')?.at).toBeUndefined();
  const nowhere = new WorkNotes('/dev/null', 'shared');
  nowhere.enter({ run: 1, flow: 'a', isCareful: true }, 0);
  nowhere.close();
  new HandFile({ dataDir: '/dev/null', flow: 'a' }, ['a'], {}).notes(0).note(emptyHand);
});
