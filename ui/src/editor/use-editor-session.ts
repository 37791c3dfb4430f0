import { type ComponentType, paths, type StoredFlow } from '@semstreams/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { createStore } from 'zustand/vanilla';
import { flowQuery, saveFlow, validateDocument } from '../api/flows.ts';
import { ApiProblem, isStale, request } from '../api/request.ts';
import { recentMessages } from '../api/seen.ts';
import { componentTypesQuery } from '../api/system.ts';
import { tryFlow } from '../api/trial.ts';
import { toast } from '../design/toast.tsx';
import { useLine } from '../live/line-context.ts';
import { Autosave, type SaveWorld, withoutRevision } from './draft/autosave.ts';
import { Checking } from './draft/checking.ts';
import { createDraft } from './draft/draft-store.ts';
import { forgetDraft, keepDraft, type KeptDraft, takeKeptDrafts } from './draft/kept-drafts.ts';
import { merge } from './draft/merge.ts';
import type { Editor } from './editor-context.ts';
import { Trying } from './trial/trying.ts';
import { createView, forgetGone } from './view-store.ts';

export type Session =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly editor: Editor }
  | { readonly kind: 'refused'; readonly sentence: string; readonly why: 'missing' | 'damaged' | 'other' };

const opening: Session = { kind: 'opening' };

/** Opens a flow for editing, with what this browser kept of it, until the page is left or another flow is asked for. */
export const useEditorSession = (id: string): { session: Session; again: () => void } => {
  const queries = useQueryClient();
  const line = useLine();
  const [session, setSession] = useState<Session>(opening);
  const [tries, setTries] = useState(0);

  useEffect(() => {
    let isLeft = false;
    let close: (() => void) | undefined;
    setSession(opening);
    Promise.all([queries.fetchQuery({ ...flowQuery(id), staleTime: 0 }), queries.fetchQuery(componentTypesQuery)]).then(
      ([stored, types]) => {
        if (isLeft) return;
        const editor = openEditor(stored, types);
        const forget = [
          line.onDraft(({ flow, revision }) => flow === id && editor.autosave.noticed(revision)),
          line.onBack(() => editor.autosave.nudge()),
        ];
        close = () => {
          for (const each of forget) each();
          editor.autosave.stop();
          editor.checking.stop();
        };
        setSession({ kind: 'open', editor });
      },
      (thrown: unknown) => {
        if (isLeft) return;
        setSession({ kind: 'refused', sentence: (thrown as Error).message, why: whyOf(thrown) });
      },
    );
    return () => {
      isLeft = true;
      close?.();
    };
  }, [id, tries, queries, line]);

  return { session, again: () => setTries(tries + 1) };
};

const whyOf = (thrown: unknown): 'missing' | 'damaged' | 'other' => {
  const status = thrown instanceof ApiProblem ? thrown.status : 0;
  return status === 404 ? 'missing' : status === 409 ? 'damaged' : 'other';
};

const openEditor = (stored: StoredFlow, types: readonly ComponentType[]): Editor => {
  const { base, flow } = withKept(stored, takeKeptDrafts(localStorage, stored.id));
  const draft = createDraft(flow);
  const view = createView();
  draft.subscribe(({ flow: { components } }) => forgetGone(view, (id) => components.some((each) => each.id === id)));
  return {
    id: stored.id,
    types: new Map(types.map((type) => [type.type, type])),
    draft,
    view,
    autosave: new Autosave(draft, base, browserWorld(stored.id)),
    unseen: createStore(() => ({ findings: [] })),
    trying: new Trying(draft, {
      tryFlow,
      recent: (from, to, signal) => recentMessages(stored.id, from, to, signal),
      later,
      isBusy: (thrown) => thrown instanceof ApiProblem && thrown.status === 429,
    }),
    checking: new Checking(draft, { validate: (document, signal) => validateDocument(document, signal), later }),
  };
};

/** What was kept and never written goes on where it was: on top of the revision that it builds on. */
const withKept = (stored: StoredFlow, kept: readonly KeptDraft[]): KeptDraft => {
  const [first, ...others] = kept;
  if (!first) return { base: stored, flow: withoutRevision(stored) };
  toast({ sentence: 'Changes that had not been saved are back' });
  const flow = others.reduce((ours, other) => merge(withoutRevision(other.base), other.flow, ours).flow, first.flow);
  return { base: first.base, flow };
};

const browserWorld = (id: string): SaveWorld => {
  const editor = crypto.getRandomValues(new Uint32Array(2)).join('-');
  return {
    put: async (flow, revision) => {
      try {
        return { kind: 'stored', stored: await saveFlow(flow, revision) };
      } catch (thrown) {
        if (isStale(thrown)) return { kind: 'stale' };
        if (thrown instanceof ApiProblem && thrown.status === 404) return { kind: 'gone' };
        throw thrown;
      }
    },
    get: () => fetchNow(id),
    keep: (base, flow) => keepDraft(localStorage, editor, { base, flow }),
    forget: () => forgetDraft(localStorage, id, editor),
    now: Date.now,
    later,
  };
};

const fetchNow = async (id: string): Promise<StoredFlow | undefined> => {
  try {
    return await request<StoredFlow>(paths.flow(id));
  } catch (thrown) {
    if (thrown instanceof ApiProblem && thrown.status === 404) return undefined;
    throw thrown;
  }
};

const later = (call: () => void, afterMs: number): (() => void) => {
  const timer = setTimeout(call, afterMs);
  return () => clearTimeout(timer);
};
