import { Files, Gauge, type LucideIcon, Settings, Waypoints, Workflow } from 'lucide-react';

/** Pages of the navigation, in its order. A page stands here when it keeps what its name promises. */
export const pages: readonly { to: string; title: string; icon: LucideIcon; isOpen: (path: string) => boolean }[] = [
  { to: '/', title: 'Flows', icon: Workflow, isOpen: (path) => path === '/' || path.startsWith('/flows/') },
  { to: '/dashboard', title: 'Dashboard', icon: Gauge, isOpen: (path) => path === '/dashboard' },
  { to: '/links', title: 'Links', icon: Waypoints, isOpen: (path) => path === '/links' },
  { to: '/files', title: 'Files', icon: Files, isOpen: (path) => path === '/files' },
  { to: '/settings', title: 'Settings', icon: Settings, isOpen: (path) => path === '/settings' },
];
