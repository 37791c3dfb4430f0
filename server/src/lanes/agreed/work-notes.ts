import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startOf } from '../../machine/processes.ts';
import { place, type RunId } from './lane-protocol.ts';
import { NoteFile, notesFolder, removeNotes } from './note-file.ts';

const lineLength = 128;
const nobody = 'nobody';

/** One run of one flow, as the notes know it. */
export interface Worker {
  readonly run: RunId;
  readonly flow: string;
  /** Whether each component that it enters is noted, and not only that it is at work. */
  isCareful: boolean;
}

/** What a lane was at, as its notes tell it. */
export interface Work {
  readonly process: number;
  /** When that process began, see `startOf`. */
  readonly started: string;
  readonly at: { readonly run: RunId; readonly flow: string; readonly component: number } | undefined;
}

/**
 * Notes which flow of a lane is at work, so that it is known after the process has died of it. It is written when the flow
 * at work changes and when the lane comes to rest, which costs two microseconds.
 */
export class WorkNotes {
  private readonly file: NoteFile;
  private noted: Worker | undefined;
  private component: number = place.idle;
  private resting: NodeJS.Immediate | undefined;
  private readonly lines = new Map<Worker, Map<number, Buffer>>();
  private readonly restLine = lineOf(nobody);
  private readonly rest = (): void => {
    this.resting = undefined;
    if (this.noted) this.write(undefined, place.idle);
  };

  constructor(dataDir: string, name: string) {
    this.file = new NoteFile(pathOf(dataDir, name));
    this.file.write(this.restLine, 0);
    this.file.write(Buffer.from(`${process.pid} ${startOf(process.pid) ?? ''}\n`), lineLength);
  }

  /** On the way of every batch: nearly always there is nothing to do. `component` is an index, or one of `place`. */
  enter(worker: Worker, component: number): void {
    if (worker.isCareful) {
      if (worker !== this.noted || component !== this.component)
        this.write(component === place.idle ? undefined : worker, component);
    } else if (component !== place.idle && (worker !== this.noted || this.component !== place.somewhere))
      this.write(worker, place.somewhere);
    this.resting ??= setImmediate(this.rest);
  }

  /** The run has ended. */
  forget(worker: Worker): void {
    this.lines.delete(worker);
    if (this.noted === worker) this.rest();
  }

  /** The lane ends in order. */
  close(): void {
    this.file.remove();
  }

  private write(worker: Worker | undefined, component: number): void {
    this.noted = worker;
    this.component = component;
    this.file.write(worker ? this.lineFor(worker, component) : this.restLine, 0);
  }

  private lineFor(worker: Worker, component: number): Buffer {
    let lines = this.lines.get(worker);
    if (!lines) this.lines.set(worker, (lines = new Map<number, Buffer>()));
    let line = lines.get(component);
    if (!line) lines.set(component, (line = lineOf(`${worker.run} ${component} ${worker.flow}`)));
    return line;
  }
}

/** What the lane of this name was at; undefined where it left no notes. */
export const readWork = (dataDir: string, name: string): Work | undefined => {
  try {
    const [line = '', owner = ''] = readFileSync(pathOf(dataDir, name), 'utf8').split('\n');
    const [process, started = ''] = owner.split(' ');
    const [run, component, flow] = line.trim().split(' ');
    return {
      process: Number(process),
      started,
      at: flow === undefined ? undefined : { run: Number(run), flow, component: Number(component) },
    };
  } catch {
    return undefined;
  }
};

export const removeWork = (dataDir: string, name: string): void => removeNotes(pathOf(dataDir, name));

/** How the file of a lane's notes ends. */
export const workSuffix = '.lane';

const pathOf = (dataDir: string, name: string): string => join(notesFolder(dataDir), `${name}${workSuffix}`);

const lineOf = (text: string): Buffer => Buffer.from(`${text.padEnd(lineLength - 1)}\n`);
