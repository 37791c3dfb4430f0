import type { ComponentType, Finding, Flow } from '@semstreams/contract';
import { createContext, useContext, useMemo } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { Autosave, SaveState } from './draft/autosave.ts';
import type { Checking, CheckState } from './draft/checking.ts';
import { connectionsIn, type DraftConnection } from './draft/connections.ts';
import type { Draft, DraftStore } from './draft/draft-store.ts';
import type { Places } from './draft/edits.ts';
import { placesOf } from './draft/places.ts';
import type { Trying } from './trial/trying.ts';
import type { View, ViewStore } from './view-store.ts';

export type TypesById = ReadonlyMap<string, ComponentType>;

/** One opened flow: its draft, what watches over it, and what the page shows of it. */
export interface Editor {
  readonly id: string;
  readonly types: TypesById;
  readonly draft: DraftStore;
  readonly view: ViewStore;
  readonly autosave: Autosave;
  readonly checking: Checking;
  /** What the draft makes of some messages, while somebody tries it. */
  readonly trying: Trying;
  /** Settings that read a field which never came by: known by looking at what runs, so no answer of a check. */
  readonly unseen: StoreApi<{ readonly findings: readonly Finding[] }>;
}

export const EditorContext = createContext<Editor | undefined>(undefined);

export const useEditor = (): Editor => {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error('there is no <EditorContext> around this');
  return editor;
};

export const useDraft = <Part>(select: (draft: Draft) => Part): Part => useStore(useEditor().draft, select);
export const useFlow = (): Flow => useDraft(({ flow }) => flow);
export const useView = <Part>(select: (view: View) => Part): Part => useStore(useEditor().view, select);
export const useSaveState = (): SaveState => useStore(useEditor().autosave.state);
export const useCheckState = (): CheckState => useStore(useEditor().checking.state);

export const useConnections = (): readonly DraftConnection[] => {
  const { types } = useEditor();
  const flow = useFlow();
  return useMemo(() => connectionsIn(flow, types), [flow, types]);
};

export const usePlaces = (): Places => {
  const { types } = useEditor();
  const flow = useFlow();
  return useMemo(() => placesOf(flow, types), [flow, types]);
};

const none: readonly Finding[] = [];

/** All that is wrong with the draft: what the server finds, and what messages that came by tell. */
export const useFindings = (): readonly Finding[] => {
  const { findings } = useCheckState();
  const { findings: unseen } = useStore(useEditor().unseen);
  return useMemo(() => (unseen.length > 0 ? [...findings, ...unseen] : findings), [findings, unseen]);
};

/** How many problems there are to be counted: a flow that is still empty is none yet. */
export const useProblemCount = (): number => useFindings().filter(({ code }) => code !== 'empty').length;

/** What is wrong with one component. */
export const useFindingsOf = (component: string): readonly Finding[] => {
  const findings = useFindings();
  return useMemo(() => {
    const found = findings.filter((finding) => finding.component === component);
    return found.length > 0 ? found : none;
  }, [findings, component]);
};
