import type { Flow } from '@semstreams/contract';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Edit } from './edits.ts';
import { merge, same } from './merge.ts';

/** A change that was made, with the flow before and after it. */
export interface Command {
  readonly title: string;
  readonly before: Flow;
  readonly after: Flow;
  readonly onto?: string | undefined;
}

/** The flow as it is edited, and the log of what was done to it. */
export interface Draft {
  readonly flow: Flow;
  readonly past: readonly Command[];
  readonly future: readonly Command[];
  /** Makes a change, as one step of undoing. A change that changes nothing leaves no trace. */
  readonly run: (edit: Edit) => void;
  /** Ends a row of edits that count as one, as when a field is left. */
  readonly seal: () => void;
  readonly undo: () => void;
  readonly redo: () => void;
  /** Takes over what others changed. It is not ours to undo: our own steps are undone around it. */
  readonly adopt: (flow: Flow) => void;
}

export type DraftStore = StoreApi<Draft>;

/** Steps that can be undone. */
const mostSteps = 1000;

export const createDraft = (flow: Flow): DraftStore =>
  createStore<Draft>()((set) => ({
    flow,
    past: [],
    future: [],
    run: (edit) => set((draft) => appended(draft, edit)),
    seal: () =>
      set(({ past }) => {
        const last = past.at(-1);
        return last?.onto === undefined ? {} : { past: [...past.slice(0, -1), { ...last, onto: undefined }] };
      }),
    undo: () =>
      set(({ flow: present, past, future }) => {
        const command = past.at(-1);
        if (!command) return {};
        return {
          flow: merge(command.after, command.before, present).flow,
          past: past.slice(0, -1),
          future: [...future, { ...command, onto: undefined }],
        };
      }),
    redo: () =>
      set(({ flow: present, past, future }) => {
        const command = future.at(-1);
        if (!command) return {};
        return {
          flow: merge(command.before, command.after, present).flow,
          past: [...past, command],
          future: future.slice(0, -1),
        };
      }),
    adopt: (theirs) => set({ flow: theirs }),
  }));

const appended = ({ flow, past }: Draft, { title, change, onto }: Edit): Partial<Draft> => {
  const last = past.at(-1);
  const continues = onto !== undefined && last?.onto === onto && last.after === flow;
  const before = continues ? last.before : flow;
  const after = change(before);
  if (same(flow, after)) return {};
  const command: Command = { title, before, after, onto };
  return { flow: after, past: [...(continues ? past.slice(0, -1) : past), command].slice(-mostSteps), future: [] };
};
