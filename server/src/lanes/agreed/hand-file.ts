import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyHand, type Hand, type HandNotes } from '../../engine/hand-on.ts';
import { NoteFile, notesFolder, removeNotes } from './note-file.ts';

const valuesOfHand = 3;
const handBytes = valuesOfHand * Float64Array.BYTES_PER_ELEMENT;

/**
 * What the guaranteed connections of one flow have in hand, in a file that outlives the lane: the titles of the connections
 * as JSON in the first line, then three float64 for each. One write in place per block, never synced.
 */
export class HandFile {
  private readonly file: NoteFile;
  private readonly start: number;
  private readonly hands: Hand[];

  /** @param before what was in hand when it ended badly */
  constructor(
    given: { readonly dataDir: string; readonly flow: string },
    titles: readonly string[],
    before: Readonly<Record<string, Hand>>,
  ) {
    this.file = new NoteFile(pathOf(given.dataDir, given.flow));
    const head = Buffer.from(`${JSON.stringify(titles)}\n`);
    this.start = head.byteLength;
    this.file.write(head, 0);
    this.hands = titles.map((title) => before[title] ?? emptyHand);
    this.hands.forEach((hand, index) => this.write(index, hand));
  }

  notes(index: number): HandNotes {
    return {
      read: () => this.hands[index]!,
      note: (hand) => {
        this.hands[index] = hand;
        this.write(index, hand);
      },
    };
  }

  /** The flow has ended in order: nothing is in hand. */
  close(): void {
    this.file.remove();
  }

  private write(index: number, { sequence, index: message, stops }: Hand): void {
    const values = Float64Array.of(sequence, message, stops);
    this.file.write(new Uint8Array(values.buffer), this.start + index * handBytes);
  }
}

/** What the flow had in hand when its lane ended, by the connection's title; nothing where that is not known. */
export const readHands = (dataDir: string, flow: string): Readonly<Record<string, Hand>> => {
  try {
    const bytes = readFileSync(pathOf(dataDir, flow));
    const start = bytes.indexOf('\n') + 1;
    const titles = JSON.parse(bytes.toString('utf8', 0, start)) as readonly string[];
    return Object.fromEntries(titles.map((title, index) => [title, handAt(bytes, start + index * handBytes)]));
  } catch {
    return {};
  }
};

export const removeHands = (dataDir: string, flow: string): void => removeNotes(pathOf(dataDir, flow));

const handAt = (bytes: Buffer, at: number): Hand => {
  if (at + handBytes > bytes.length) return emptyHand;
  const [sequence, index, stops] = new Float64Array(new Uint8Array(bytes.subarray(at, at + handBytes)).buffer);
  return { sequence: sequence!, index: index!, stops: stops! };
};

const pathOf = (dataDir: string, flow: string): string => join(notesFolder(dataDir), `${flow}.hands`);
