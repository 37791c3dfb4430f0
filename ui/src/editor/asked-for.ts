/** What is shown only when somebody asks for it: a part of its own, so that the canvas is there sooner. */
export { ConflictDialog } from './conflict-dialog.tsx';
export { ConnectDialog } from './connect/connect-dialog.tsx';
export { DeployDialog } from './deploy/deploy-dialog.tsx';
export { TryTab } from './trial/try-tab.tsx';
export { VersionsTab } from './dock/versions-tab.tsx';
export { Outline } from './outline/outline.tsx';
export { ReadFileActions, WrittenFileActions } from './form/file-actions.tsx';
export { HelpTab } from './inspector/help-tab.tsx';
export { LiveTab } from './inspector/live-tab.tsx';
export { PortsTab } from './inspector/ports-tab.tsx';
export { SeveralChosen } from './inspector/several-chosen.tsx';
export { addFile } from '../files/add-file.ts';
