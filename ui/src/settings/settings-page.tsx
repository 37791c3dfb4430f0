import { Page } from '../design/page.tsx';

export const SettingsPage = () => <Page title="Settings">{null}</Page>;
