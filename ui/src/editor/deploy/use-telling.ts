import { notifications } from '@mantine/notifications';
import type { Deployment } from '@semstreams/contract';
import { useState } from 'react';
import { ApiProblem } from '../../api/request.ts';
import { useEditor } from '../editor-context.ts';

/** Tells the server what the flow should do, and people what became of it. */
export const useTelling = () => {
  const { draft, view } = useEditor();
  const [isBusy, setBusy] = useState(false);
  const tell = async (call: () => Promise<Deployment>, done: string): Promise<boolean> => {
    setBusy(true);
    try {
      const { version } = await call();
      const message = `“${draft.getState().flow.name}” is ${done}, version ${version}`;
      notifications.show({ message, color: 'accent' });
      view.getState().show({ spoken: message });
      return true;
    } catch (thrown) {
      notifications.show({ message: (thrown as Error).message, color: 'bad', autoClose: 10_000 });
      if (thrown instanceof ApiProblem && thrown.findings.length > 0) view.getState().show({ dock: 'problems' });
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, tell };
};
