import { Link, useLocation } from 'react-router';
import { Page } from '../design/page.tsx';

export const NotFoundPage = () => {
  const { pathname } = useLocation();
  return (
    <Page title="There is nothing here" sentence={`No page has the address ${pathname}`}>
      <Link to="/">To the list of flows</Link>
    </Page>
  );
};
