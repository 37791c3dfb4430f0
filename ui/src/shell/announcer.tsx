import { useEffect, useSyncExternalStore } from 'react';
import { useLine } from '../live/line-context.ts';
import type { LiveState } from '../live/live-state.ts';
import { announce, announcements } from './announcements.ts';

/** The polite live region. Beside what pages say, it says when the line is cut or back, and when a flow fails or recovers. */
export const Announcer = () => {
  const line = useLine();
  useEffect(() => {
    let before = line.read();
    return line.subscribe(() => {
      const after = line.read();
      const sentence = newsBetween(before, after);
      before = after;
      if (sentence) announce(sentence);
    });
  }, [line]);
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {useSyncExternalStore(announcements.subscribe, announcements.read)}
    </div>
  );
};

/** What somebody who does not look has to know of this change, if anything. */
export const newsBetween = (before: LiveState, after: LiveState): string | undefined => {
  if (before.line !== after.line) {
    if (after.line === 'reconnecting') return 'The connection to the server is cut, trying again';
    if (after.line === 'live' && before.line !== 'connecting') return 'The connection to the server is back';
  }
  if (before.overview === after.overview || !before.overview) return undefined;
  const news = [...(after.overview ?? [])].flatMap(([flow, { observed, sentence }]) => {
    const was = before.overview?.get(flow)?.observed;
    const isNews = was !== observed && (observed === 'failed' || was === 'failed' || observed === 'degraded');
    return isNews ? [`${flow}: ${sentence}`] : [];
  });
  return news.length > 0 ? news.join('. ') : undefined;
};
