import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { flowsQuery } from '../api/flows.ts';
import { Page } from '../design/page.tsx';
import { useOverview } from '../live/use-live.ts';

export const FlowsPage = () => {
  const { data: flows } = useQuery(flowsQuery);
  const overview = useOverview();
  return (
    <Page title="Flows">
      <ul>
        {flows?.map(({ id, name }) => (
          <li key={id}>
            <Link to={`/flows/${id}`}>{name}</Link> {overview?.get(id)?.sentence}
          </li>
        ))}
      </ul>
    </Page>
  );
};
