import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { flowQuery } from '../api/flows.ts';
import { Page } from '../design/page.tsx';
import { useFlowStatus } from '../live/use-live.ts';

export const EditorPage = () => {
  const { id = '' } = useParams();
  const { data: flow } = useQuery(flowQuery(id));
  const status = useFlowStatus(id);
  return (
    <Page title={flow?.name ?? id} sentence={status?.sentence}>
      <ul>
        {flow?.components.map((component) => (
          <li key={component.id}>{component.name ?? component.id}</li>
        ))}
      </ul>
    </Page>
  );
};
