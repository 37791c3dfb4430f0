import type { Flow, StoredFlow } from '@semstreams/contract';

/** What a browser keeps of a draft until the server has it: the draft, and the stored flow that it builds on. */
export interface KeptDraft {
  readonly base: StoredFlow;
  readonly flow: Flow;
}

/** The part of the browser's storage that is used here. */
export type KeptStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

const prefixOf = (flow: string): string => `semstreams.draft.${flow}/`;

/** Every editor keeps its own, so that two tabs never overwrite each other's. */
export const keepDraft = (storage: KeptStorage, editor: string, kept: KeptDraft): void => {
  try {
    storage.setItem(`${prefixOf(kept.base.id)}${editor}`, JSON.stringify(kept));
  } catch {
    // a full or forbidden storage costs this safety net, not the work: the server has it in a moment
  }
};

export const forgetDraft = (storage: KeptStorage, flow: string, editor: string): void =>
  storage.removeItem(`${prefixOf(flow)}${editor}`);

/** What earlier editors of this browser kept of a flow and never got written; it is given out once. */
export const takeKeptDrafts = (storage: KeptStorage, flow: string): KeptDraft[] => {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index)).filter(
    (key): key is string => key?.startsWith(prefixOf(flow)) ?? false,
  );
  return keys.flatMap((key) => {
    const kept = parse(storage.getItem(key));
    storage.removeItem(key);
    return kept ? [kept] : [];
  });
};

/** What lies there was written by `keepDraft`; anything else under its name is passed over. */
const parse = (text: string | null): KeptDraft | undefined => {
  try {
    const kept = JSON.parse(text ?? '') as Partial<KeptDraft>;
    return Array.isArray(kept.flow?.components) && kept.base?.id === kept.flow.id ? (kept as KeptDraft) : undefined;
  } catch {
    return undefined;
  }
};
