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
      const outcome = deployment.desired === 'running' && status ? outcomeOf(status) : undefined;
      if (outcome?.isBad) toast({ sentence: `${said}, ${outcome.words}`, tone: 'bad', lastsMs: 10_000 });
      else toast({ sentence: outcome ? `${said}, ${outcome.words}` : said });
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

/** What has become of a flow that should run. */
const outcomeOf = ({ observed, sentence }: FlowStatus): { words: string; isBad: boolean } => {
  if (observed === 'failed') return { words: `and does not run: ${reasonIn(sentence)}`, isBad: true };
  if (observed === 'degraded') return { words: `runs, and needs attention: ${reasonIn(sentence)}`, isBad: true };
  return { words: observed === 'running' ? 'and runs' : 'and is still starting', isBad: false };
};

/** The reason in a sentence that begins with what the flow does. */
const reasonIn = (sentence: string): string => sentence.replace(/^Not running: |^Running.*?, but /, '');
