import type { RouteObject } from 'react-router';
import { FlowsPage } from '../flows/flows-page.tsx';
import { ErrorPage } from './error-page.tsx';
import { NotFoundPage } from './not-found-page.tsx';
import { type PageHandle, Shell } from './shell.tsx';

/** Every page and where it is. The list of flows comes with the first load, everything else when it is opened. */
export const routes: RouteObject[] = [
  {
    element: <Shell />,
    errorElement: (
      <main>
        <ErrorPage />
      </main>
    ),
    hydrateFallbackElement: <></>,
    children: [
      {
        errorElement: <ErrorPage />,
        children: [
          { index: true, element: <FlowsPage /> },
          {
            path: 'flows/:id',
            handle: { layout: 'rail' } satisfies PageHandle,
            lazy: async () => ({ Component: (await import('../editor/editor-page.tsx')).EditorPage }),
          },
          {
            path: 'flows/:id/dead-letters',
            lazy: async () => ({ Component: (await import('../dead-letters/dead-letters-page.tsx')).DeadLettersPage }),
          },
          {
            path: 'flows/:id/history',
            lazy: async () => ({ Component: (await import('../history/flow-history-page.tsx')).FlowHistoryPage }),
          },
          {
            path: 'dashboard',
            lazy: async () => ({ Component: (await import('../dashboard/dashboard-page.tsx')).DashboardPage }),
          },
          {
            path: 'links',
            lazy: async () => ({ Component: (await import('../links/links-page.tsx')).LinksPage }),
          },
          {
            path: 'files',
            lazy: async () => ({ Component: (await import('../files/files-page.tsx')).FilesPage }),
          },
          {
            path: 'settings',
            lazy: async () => ({ Component: (await import('../settings/settings-page.tsx')).SettingsPage }),
          },
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
];
