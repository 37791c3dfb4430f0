import { useStore } from 'zustand';
import { useEditor, useView } from '../editor-context.ts';
import { type Told, toldOf } from './trial-words.ts';
import type { Trying, TryState } from './trying.ts';

export const useTrying = (): Trying => useEditor().trying;
export const useTryState = (): TryState => useStore(useTrying().state);

/** What the card of a component says of the trial; nothing while nobody tries. */
export const useTold = (component: string): Told | undefined => {
  const { trying, types, draft } = useEditor();
  const isShown = useView(({ dock }) => dock === 'try');
  const trial = useStore(trying.state, (state) => (isShown ? state.trial : undefined));
  const placed = useStore(draft, ({ flow }) => flow.components.find(({ id }) => id === component));
  return trial && placed && toldOf(trial, component, { type: types.get(placed.type), config: placed.config });
};
