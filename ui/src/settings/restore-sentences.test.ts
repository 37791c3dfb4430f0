import { describe, expect, it } from 'vitest';
import { restoreSentences, takesAway } from './restore-sentences.ts';

const changes = (
  bucket: string,
  { added = [], changed = [], removed = [] }: { added?: string[]; changed?: string[]; removed?: string[] },
) => ({ bucket: `semstreams_${bucket}`, added, changed, removed, unchanged: 3 });

describe('what a restore changes, in words', () => {
  it.each([
    [[changes('flows', {})], []],
    [[changes('flows', { removed: ['climb'] })], ['1 flow is removed (climb).']],
    [
      [changes('flows', { added: ['a', 'b'], changed: ['c'], removed: ['d'] })],
      ['2 flows are added (a, b), 1 is changed (c), 1 is removed (d).'],
    ],
    [
      [changes('flows', { changed: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] })],
      ['7 flows are changed (a, b, c, d, e and 2 more).'],
    ],
    [
      [
        changes('versions', { added: ['a.1', 'a.2'] }),
        changes('secrets', { removed: ['x'] }),
        changes('deployments', { changed: ['a'] }),
        changes('flows', { added: ['a'] }),
      ],
      [
        '1 flow is added (a).',
        'For 1 flow (a) it changes whether it runs, or in which version.',
        '2 versions are added.',
        'In “secrets”, 1 entry is removed.',
      ],
    ],
  ])('%j', (buckets, sentences) => expect(restoreSentences({ buckets, buffers: [] })).toEqual(sentences));

  it('says what becomes of buffers', () => {
    const buffers = [
      { stream: 'a', messages: 1200 },
      { stream: 'b', messages: 4 },
    ];
    expect(restoreSentences({ buckets: [], buffers })).toEqual([
      'What waits in buffers and the dead letters are replaced in 2 places, by 1\u00a0204 messages; flows stand still meanwhile.',
    ]);
  });

  it('knows whether something is lost by it', () => {
    const added = changes('flows', { added: ['a'] });
    expect([
      takesAway({ buckets: [added], buffers: [] }),
      takesAway({ buckets: [added, changes('versions', { removed: ['a.1'] })], buffers: [] }),
      takesAway({ buckets: [], buffers: [{ stream: 'a', messages: 0 }] }),
    ]).toEqual([false, true, true]);
  });
});
