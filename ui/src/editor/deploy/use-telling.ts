import { type Deployment, type FlowStatus, paths } from '@semstreams/contract';
import { useState } from 'react';
import { ApiProblem, request } from '../../api/request.ts';
import { toast } from '../../design/toast.tsx';
import { useEditor } from '../editor-context.ts';

/** Tells the server what the flow should do, and people what became of it. */
export const useTelling = () => {
  const { id, draft, view } = useEditor();
  const [isBusy, setBusy] = useState(false);
  const tell = async (call: () => Promise<Deployment>, done: string): Promise<boolean> => {
    setBusy(true);
    try {
      const deployment = await call();
      const name = `“${draft.getState().flow.name}”`;
      const said = `${name} is ${done}, version ${deployment.version}`;
      const status = await statusOf(id);
      const hasFailed = deployment.desired === 'running' && status?.observed === 'failed';
      if (hasFailed) toast({ sentence: `${said}, and does not run: ${status.sentence}`, tone: 'bad', lastsMs: 10_000 });
      else toast({ sentence: said });
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

/** What has become of it; where that cannot be asked, the live data will tell. */
const statusOf = (id: string): Promise<FlowStatus | undefined> =>
  request<FlowStatus>(paths.status(id)).catch(() => undefined);
