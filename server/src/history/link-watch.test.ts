import type { Link } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { LinkWatch } from './link-watch.ts';

const link = (isThere: boolean | undefined, state: Link['state'] = 'running'): Link => ({
  ...{ flow: 'climb', component: 'to-b', type: 'websocket_output', direction: 'to', state, sentence: '' },
  far_sides: isThere === undefined ? [] : [{ name: 'b', speaks: 'link', is_there: isThere, sentence: 'away for 3 s' }],
});

it('sees a far side come, go and come back, and nothing when its flow is stopped', () => {
  const watch = new LinkWatch();
  const seen = [link(true), link(true), link(false), link(false), link(true), link(undefined, 'stopped'), link(true)];
  expect(seen.map((each) => watch.look([each]).map(({ kind, sentence }) => `${kind}: ${sentence}`))).toEqual([
    ['link_up: “b” is there'],
    [],
    ['link_down: “b” is away: away for 3 s'],
    [],
    ['link_up: “b” is there'],
    [],
    ['link_up: “b” is there'],
  ]);
});

it('one that was never there is not told of as lost', () => expect(new LinkWatch().look([link(false)])).toEqual([]));
