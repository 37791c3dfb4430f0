import '@fontsource-variable/inter/wght.css';
import './design/mantine.css';
import './design/tokens.css';
import './design/mantine-tokens.css';
import './design/base.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { Gate } from './access/gate.tsx';
import { queryClient } from './api/query-client.ts';
import { theme } from './design/theme.ts';
import { liveSocket } from './live/connect.ts';
import { keepFresh } from './live/keep-fresh.ts';
import { LineContext } from './live/line-context.ts';
import { HistoryContext } from './live/history-context.ts';
import { Line } from './live/line.ts';
import { RateHistory } from './live/rate-history.ts';
import { removals } from './flows/flow-actions.ts';
import { routes } from './shell/routes.tsx';

const line = new Line(liveSocket());
keepFresh(line, queryClient);
line.subscribe(() => {
  document.documentElement.dataset['line'] = line.read().line === 'live' ? 'live' : 'down';
});
addEventListener('online', () => line.retry());
const history = new RateHistory(line);
/** Live data begins when somebody may see it, and is asked for anew after a login. */
let isOpen = false;
const begin = (): void => {
  if (isOpen) return line.retry();
  isOpen = true;
  line.open();
  history.open();
};
addEventListener('pagehide', () => removals.close());

/** The key is read by public/theme.js too, before the first paint. */
const colorSchemes = localStorageColorSchemeManager({ key: 'semstreams-theme' });
const router = createBrowserRouter(routes);

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={colorSchemes}>
      <QueryClientProvider client={queryClient}>
        <LineContext value={line}>
          <HistoryContext value={history}>
            <Gate onEntered={begin}>
              <RouterProvider router={router} />
            </Gate>
          </HistoryContext>
          <Notifications position="bottom-right" limit={3} />
        </LineContext>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
