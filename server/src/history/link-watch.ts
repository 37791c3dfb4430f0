import type { Link } from '@semstreams/contract';
import type { Happened } from '../supervision/observed/happened.ts';

/** Sees which far sides of links came and went since the last look. */
export class LinkWatch {
  private known = new Map<string, boolean>();

  look(links: readonly Link[]): Happened[] {
    const now = new Map<string, boolean>();
    const happened: Happened[] = [];
    for (const { flow, component, state, far_sides: farSides } of links) {
      // a component that is stopped has not lost its far sides
      if (state !== 'running' && state !== 'waiting') continue;
      for (const { name, is_there: isThere, sentence } of farSides) {
        const key = JSON.stringify([flow, component, name]);
        now.set(key, isThere);
        if (this.known.get(key) === isThere || (!isThere && !this.known.has(key))) continue;
        happened.push({
          kind: isThere ? 'link_up' : 'link_down',
          level: isThere ? 'info' : 'warn',
          sentence: isThere ? `“${name}” is there` : `“${name}” is away${sentence === '' ? '' : `: ${sentence}`}`,
          flow,
          component,
        });
      }
    }
    this.known = now;
    return happened;
  }
}
