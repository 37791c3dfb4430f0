import { type FlowDocument, type FlowSummary, type StoredFlow } from '@semstreams/contract';
import {
  createFlow,
  documentOf,
  flowQuery,
  flowsQuery,
  removal,
  removeFlow,
  restoreVersion,
  saveFlow,
  startFlow,
  stopFlow,
} from '../api/flows.ts';
import { queryClient } from '../api/query-client.ts';
import { saveFile } from '../design/save-file.ts';
import { toast, toastFailure } from '../design/toast.tsx';
import { PendingRemovals, undoMs } from './pending-removals.ts';

/** The flow as it is on the server at this moment, whatever is known here. */
const fetchFlow = (id: string): Promise<StoredFlow> => queryClient.fetchQuery({ ...flowQuery(id), staleTime: 0 });

const listChanged = (): Promise<void> => queryClient.invalidateQueries({ queryKey: flowsQuery.queryKey, exact: true });

export const addFlow = async (document: FlowDocument): Promise<StoredFlow> => {
  const flow = await createFlow(document);
  void listChanged();
  return flow;
};

/** A new flow with the same inside, as a draft of its own. */
export const duplicateFlow = async (id: string): Promise<void> => {
  const { id: _, name, ...inside } = documentOf(await fetchFlow(id));
  const copy = await addFlow({ ...inside, name: `${name.slice(0, 110)} (copy)` });
  toast({ sentence: `“${copy.name}” is a draft of its own` });
};

export const renameFlow = async (id: string, name: string, description: string): Promise<void> => {
  const { revision, description: _, ...flow } = await fetchFlow(id);
  await saveFlow({ ...flow, name, ...(description === '' ? {} : { description }) }, revision);
  await listChanged();
};

/** Puts another document in the place of a flow's draft. What runs stays as it is; the old draft can be had back. */
export const replaceFlow = async (document: FlowDocument & { id: string }): Promise<StoredFlow> => {
  const before = await fetchFlow(document.id);
  const after = await saveFlow({ ...document, name: document.name ?? before.name }, before.revision);
  void listChanged();
  toast({
    sentence: `The draft of “${after.name}” was replaced`,
    lastsMs: undoMs,
    undo: () =>
      void saveFlow(documentOf(before), after.revision).then(listChanged, (thrown: unknown) =>
        toastFailure('It could not be taken back', thrown),
      ),
  });
  return after;
};

/** Makes what runs or ran last the draft of a flow whose draft is gone or cannot be read. */
export const restoreDraft = async (id: string): Promise<void> => {
  const { name } = await restoreVersion(id);
  await listChanged();
  toast({ sentence: `“${name}” has its draft again: as it was last deployed` });
};

/** The document as a file, as people write it and as import takes it. */
export const exportFlow = async (id: string): Promise<void> => {
  const text = `${JSON.stringify(documentOf(await fetchFlow(id)), undefined, 2)}\n`;
  saveFile(new Blob([text], { type: 'application/json' }), `${id}.json`);
};

export const removals = new PendingRemovals(async (id, isClosing) => {
  if (isClosing) {
    await fetch(removal(id), { method: 'DELETE', keepalive: true });
    return;
  }
  try {
    await removeFlow(id);
    queryClient.setQueryData(flowsQuery.queryKey, (flows) => flows?.filter((flow) => flow.id !== id));
  } catch (thrown) {
    toastFailure('The flow could not be deleted', thrown);
  }
});

/** Stops the flow where it runs, then takes it from the list; for a while that can be undone, and then it runs again. */
export const removeWithUndo = async ({ id, name }: FlowSummary, runs: boolean): Promise<void> => {
  if (runs) await stopFlow(id);
  removals.add(id);
  toast({
    sentence: runs ? `“${name}” was stopped and deleted` : `“${name}” was deleted`,
    lastsMs: undoMs,
    undo: () => {
      if (removals.takeBack(id) && runs)
        void startFlow(id).catch((thrown: unknown) => toastFailure(`“${name}” could not be started again`, thrown));
    },
  });
};
