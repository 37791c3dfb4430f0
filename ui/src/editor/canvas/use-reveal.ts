import { useReactFlow, useStore, useStoreApi } from '@xyflow/react';
import { useEffect } from 'react';
import { cardSize, placesOf } from '../draft/places.ts';
import { useEditor, useView } from '../editor-context.ts';
import { onlyComponent } from '../view-store.ts';

/** Room that is left beside what comes into sight, in pixels of the page. */
const air = 32;

/**
 * Brings a component into sight that was chosen, added or asked for, also when the inspector opens over it. The view moves
 * no further than it has to.
 */
export const useReveal = (): void => {
  const { draft, types } = useEditor();
  const only = useView(onlyComponent);
  const reveal = useView((view) => view.reveal);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const { setViewport } = useReactFlow();
  const store = useStoreApi();

  useEffect(() => {
    const { flow } = draft.getState();
    const component = flow.components.find(({ id }) => id === only);
    const at = component && placesOf(flow, types)[component.id];
    if (!at) return;
    const size = cardSize(component, types);
    const {
      transform: [x, y, zoom],
    } = store.getState();
    const dx = shift(at.x * zoom + x, size.width * zoom, width);
    const dy = shift(at.y * zoom + y, size.height * zoom, height);
    if (width > 0 && (dx !== 0 || dy !== 0)) void setViewport({ x: x + dx, y: y + dy, zoom }, { duration: 160 });
  }, [only, reveal, width, height, draft, types, store, setViewport]);
};

/** How far something has to move to lie within the room; what is larger than the room shows its beginning. */
const shift = (start: number, length: number, room: number): number => {
  if (start < 0) return air - start;
  const beyond = start + length - room;
  return beyond > 0 ? -Math.min(beyond + air, start - air) : 0;
};
