import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { restoreVersion } from '../api/flows.ts';
import { Page } from '../design/page.tsx';
import { useAction } from '../design/use-action.ts';
import { useFlowOverview } from '../live/use-live.ts';
import type { Session } from './use-editor-session.ts';

interface RefusedProps {
  readonly id: string;
  readonly session: Session & { kind: 'refused' };
  readonly again: () => void;
}

/** Instead of the editor: why a flow cannot be opened, and the way out. A flow may run on without a draft. */
export const Refused = ({ id, session: { why, sentence }, again }: RefusedProps) => {
  const isDeployed = (useFlowOverview(id)?.version ?? 0) > 0;
  const action = useAction();
  const restore = async (): Promise<void> => {
    if (await action.act(() => restoreVersion(id))) again();
  };
  const isLost = why === 'damaged' || (why === 'missing' && isDeployed);
  const said = isLost
    ? {
        title: `The draft of “${id}” ${why === 'missing' ? 'is gone' : 'cannot be read'}`,
        sentence: 'What was deployed last can become the draft again. What runs stays as it is.',
      }
    : why === 'missing'
      ? { title: `There is no flow “${id}”`, sentence: 'It was deleted, or the address is not right.' }
      : { title: 'The flow could not be opened', sentence: `${sentence}.` };
  return (
    <Page
      {...said}
      actions={
        isLost ? (
          <Button loading={action.isBusy} onClick={() => void restore()}>
            Restore what was deployed
          </Button>
        ) : why === 'missing' ? null : (
          <Button onClick={again}>Try again</Button>
        )
      }
    >
      {action.failure === undefined ? null : <p role="alert">It could not be restored: {action.failure}.</p>}
      <Link to="/">To the list of flows</Link>
    </Page>
  );
};
