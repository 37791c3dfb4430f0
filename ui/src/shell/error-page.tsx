import { Button } from '@mantine/core';
import { useRouteError } from 'react-router';
import { Page } from '../design/page.tsx';

/** What is left when a page broke, or when its code is gone because the server was updated meanwhile. */
export const ErrorPage = () => {
  const thrown = useRouteError();
  return (
    <Page
      title="This page could not be shown"
      sentence={thrown instanceof Error ? thrown.message : String(thrown)}
      actions={<Button onClick={() => location.reload()}>Load it again</Button>}
    >
      <p>Your flows are kept on the server and go on as before.</p>
    </Page>
  );
};
