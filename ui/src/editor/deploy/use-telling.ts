import type { Deployment } from '@semstreams/contract';
import { useState } from 'react';
import { ApiProblem } from '../../api/request.ts';
import { toast } from '../../design/toast.tsx';
import { useEditor } from '../editor-context.ts';

/** Tells the server what the flow should do, and people what became of it. */
export const useTelling = () => {
  const { draft, view } = useEditor();
  const [isBusy, setBusy] = useState(false);
  const tell = async (call: () => Promise<Deployment>, done: string): Promise<boolean> => {
    setBusy(true);
    try {
      const { version } = await call();
      toast({ sentence: `“${draft.getState().flow.name}” is ${done}, version ${version}` });
      return true;
    } catch (thrown) {
      toast({ sentence: (thrown as Error).message, tone: 'bad', lastsMs: 10_000 });
      if (thrown instanceof ApiProblem && thrown.findings.length > 0) view.getState().show({ dock: 'problems' });
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, tell };
};
