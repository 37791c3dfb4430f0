import { useReactFlow, useStoreApi } from '@xyflow/react';
import { useEffect } from 'react';
import { cardSize } from '../draft/places.ts';
import { placesOf } from '../draft/places.ts';
import { useEditor, useView } from '../editor-context.ts';

/** Brings a component into sight that was added or asked for, without moving what is in sight already. */
export const useReveal = (): void => {
  const { draft, types } = useEditor();
  const reveal = useView((view) => view.reveal);
  const { setCenter, getZoom } = useReactFlow();
  const store = useStoreApi();

  useEffect(() => {
    if (!reveal) return;
    const { flow } = draft.getState();
    const component = flow.components.find(({ id }) => id === reveal.component);
    const at = component && placesOf(flow, types)[component.id];
    if (!at) return;
    const size = cardSize(component.type, types);
    const {
      transform: [x, y, zoom],
      width,
      height,
    } = store.getState();
    const [left, top] = [at.x * zoom + x, at.y * zoom + y];
    const isInSight = left >= 0 && top >= 0 && left + size.width * zoom <= width && top + size.height * zoom <= height;
    if (!isInSight) void setCenter(at.x + size.width / 2, at.y + size.height / 2, { zoom: getZoom(), duration: 200 });
  }, [reveal, draft, types, store, setCenter, getZoom]);
};
