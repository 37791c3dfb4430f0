import type { Position } from '@semstreams/contract';
import { toast, toastFailure } from '../design/toast.tsx';
import { addComponent, newComponent } from '../editor/draft/edits.ts';
import type { Editor } from '../editor/editor-context.ts';
import { readingType } from './is-file-dragged.ts';
import { readDropped } from './read-dropped.ts';

/** Adds what reads a file of this computer, with the settings that fit what it holds, or says why not. */
export const addFile = async ({ draft, view, types }: Editor, file: File, at: Position): Promise<void> => {
  try {
    const { name, config, sentence } = await readDropped(file);
    const { flow, run } = draft.getState();
    const component = { ...newComponent(flow, readingType, name), config };
    run(addComponent(component, at, types));
    view.getState().open(component.id);
    toast({ sentence });
  } catch (thrown) {
    toastFailure('The file could not be read', thrown);
  }
};
