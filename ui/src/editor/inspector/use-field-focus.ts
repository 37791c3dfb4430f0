import { placeOf } from '@semstreams/contract';
import { type RefObject, useEffect } from 'react';
import { parseConfigPath } from '../draft/config-path.ts';
import { useView } from '../editor-context.ts';

/** Puts the cursor into the field that a problem named, or into the nearest one around it; into the first for an empty name. */
export const useFieldFocus = (body: RefObject<HTMLElement | null>): void => {
  const focus = useView((view) => view.focus);
  useEffect(() => {
    if (focus?.field === undefined || !body.current) return;
    const path = parseConfigPath(focus.field);
    if (path.length === 0) body.current.querySelector<HTMLElement>('[data-field]')?.focus();
    for (let length = path.length; length > 0; length -= 1) {
      const place = placeOf(path.slice(0, length));
      const found = body.current.querySelector<HTMLElement>(`[data-field="${CSS.escape(place)}"]`);
      if (!found) continue;
      found.scrollIntoView({ block: 'center' });
      found.focus({ preventScroll: true });
      return;
    }
  }, [focus, body]);
};
