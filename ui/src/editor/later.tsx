import { lazy } from 'react';

/** Brings what the editor shows only when it is asked for. Called at once when it opens, so that nothing is missing when the line is cut. */
export const bringTheRest = () => import('./asked-for.ts');

export const ConflictDialog = lazy(async () => ({ default: (await bringTheRest()).ConflictDialog }));
export const ConnectDialog = lazy(async () => ({ default: (await bringTheRest()).ConnectDialog }));
export const DeployDialog = lazy(async () => ({ default: (await bringTheRest()).DeployDialog }));
export const TryTab = lazy(async () => ({ default: (await bringTheRest()).TryTab }));
export const VersionsTab = lazy(async () => ({ default: (await bringTheRest()).VersionsTab }));
export const Outline = lazy(async () => ({ default: (await bringTheRest()).Outline }));
export const HelpTab = lazy(async () => ({ default: (await bringTheRest()).HelpTab }));
export const LiveTab = lazy(async () => ({ default: (await bringTheRest()).LiveTab }));
export const PortsTab = lazy(async () => ({ default: (await bringTheRest()).PortsTab }));
export const SeveralChosen = lazy(async () => ({ default: (await bringTheRest()).SeveralChosen }));
export const ReadFileActions = lazy(async () => ({ default: (await bringTheRest()).ReadFileActions }));
export const WrittenFileActions = lazy(async () => ({ default: (await bringTheRest()).WrittenFileActions }));
