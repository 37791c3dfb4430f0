/** What is shown only when somebody asks for it: a part of its own, so that the canvas is there sooner. */
export { ConflictDialog } from './conflict-dialog.tsx';
export { ConnectDialog } from './connect/connect-dialog.tsx';
export { DeployDialog } from './deploy/deploy-dialog.tsx';
export { TryTab } from './trial/try-tab.tsx';
export { VersionsTab } from './dock/versions-tab.tsx';
export { Outline } from './outline/outline.tsx';
