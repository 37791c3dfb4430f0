import { Page } from '../design/page.tsx';

export const DashboardPage = () => <Page title="Dashboard">{null}</Page>;
