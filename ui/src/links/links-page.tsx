import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { flowsQuery } from '../api/flows.ts';
import { AsOf } from '../design/as-of.tsx';
import { Page } from '../design/page.tsx';
import { useLinks } from '../live/use-live.ts';
import { LinkTable } from './link-table.tsx';
import { headlineOfLinks } from './headline-of-links.ts';
import styles from './links.module.css';

/** Which other locations this one is linked with, and how each of them does. */
export const LinksPage = () => {
  const { data: flows } = useQuery(flowsQuery);
  const links = useLinks();
  return (
    <Page
      title="Links"
      sentence={
        <>
          {links ? headlineOfLinks(links) : 'Asking the server…'} <AsOf />
        </>
      }
    >
      {links === undefined ? null : links.length === 0 ? (
        <NoLinks />
      ) : (
        <LinkTable links={links} nameOf={(id) => flows?.find((flow) => flow.id === id)?.name ?? id} />
      )}
    </Page>
  );
};

/** What stands in place of an empty table: how locations are joined. */
const NoLinks = () => (
  <section className={styles['none']} aria-labelledby="no-links">
    <h2 id="no-links">Join two locations</h2>
    <ol>
      <li>
        Here, put <b>To location</b> at the end of a flow and deploy it. It listens on port 9000 until somebody comes.
      </li>
      <li>
        There, begin a flow with <b>From location</b> and this host’s address, such as <code>ws://location-a:9000</code>
        .
      </li>
      <li>
        Both show the link on this page as soon as their flows run. What waits is kept on disk while the line is down.
      </li>
    </ol>
    <p>
      <Link to="/">To the list of flows</Link>
    </p>
  </section>
);
