import type { Notice } from '@semstreams/contract';
import { useFlowStatus } from '../../live/use-live.ts';
import { nameOf } from '../draft/edits.ts';
import { useEditor, useFlow } from '../editor-context.ts';

const none: readonly Notice[] = [];

/** What a person should know of the flow as it runs, the most telling first, with the names of the draft. */
export const useNotices = (): readonly Notice[] => {
  const { id } = useEditor();
  const { components } = useFlow();
  const notices = useFlowStatus(id)?.notices ?? none;
  const names = new Map(components.map((component) => [component.id, nameOf(component)]));
  return notices.map((notice) => ({ ...notice, name: names.get(notice.component) ?? notice.name }));
};
