import { paths, type TapEnd, type Tapped } from '@semstreams/contract';
import { useEffect, useState } from 'react';
import { recentMessages } from '../../api/seen.ts';
import { afterTapped, emptyView, type TapView, withRecent } from './tap-view.ts';

export interface Tap {
  readonly view: TapView;
  /** Why it no longer tells, as a sentence. */
  readonly ended: string | undefined;
  readonly setPaused: (isPaused: boolean) => void;
  readonly clear: () => void;
  readonly again: () => void;
}

/** Looks at a connection of a flow as long as it is mounted. `since` tells one run of the flow from the next. */
export const useTap = (flow: string, from: string, to: string, since: string): Tap => {
  const [view, setView] = useState(emptyView);
  const [ended, setEnded] = useState<string>();
  const [tries, setTries] = useState(0);

  useEffect(() => {
    setView(({ isPaused }) => ({ ...emptyView, isPaused }));
    setEnded(undefined);
    const leaving = new AbortController();
    let close: (() => void) | undefined;
    const look = (): void => {
      if (leaving.signal.aborted) return;
      const events = new EventSource(paths.tap(flow, from, to));
      close = () => events.close();
      events.addEventListener('tapped', ({ data }: MessageEvent<string>) => {
        const tapped = JSON.parse(data) as Tapped;
        setView((before) => afterTapped(before, tapped, performance.now()));
      });
      events.addEventListener('end', ({ data }: MessageEvent<string>) => {
        events.close();
        setEnded((JSON.parse(data) as TapEnd).sentence);
      });
      events.addEventListener('error', () => {
        // a cut line is joined again by the browser; a refusal is not
        if (events.readyState === EventSource.CLOSED) setEnded('the server refused it');
      });
    };
    // what came by before is a help; a look without it is one, too
    recentMessages(flow, from, to, leaving.signal)
      .then(({ messages }) => setView((view) => withRecent(view, messages)))
      .catch(() => undefined)
      .finally(look);
    return () => {
      leaving.abort();
      close?.();
    };
  }, [flow, from, to, since, tries]);

  return {
    view,
    ended,
    setPaused: (isPaused) => setView((before) => ({ ...before, isPaused })),
    clear: () => setView(({ isPaused }) => ({ ...emptyView, isPaused })),
    again: () => setTries(tries + 1),
  };
};
