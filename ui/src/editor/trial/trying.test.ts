import type { Flow, Trial, TrialRequest } from '@semstreams/contract';
import { describe, expect, it } from 'vitest';
import { createDraft } from '../draft/draft-store.ts';
import { Trying, type TryWorld } from './trying.ts';

const flow: Flow = { id: 'a', name: 'A', components: [{ id: 'x', type: 'json_map' }] };
const answer = { tried: 1 } as Trial;

/** A world in which time passes when `pass` is called. */
const makeWorld = (tryFlow: (request: TrialRequest) => Promise<Trial> = async () => answer) => {
  const planned = new Set<() => void>();
  const asked: TrialRequest[] = [];
  const world: TryWorld = {
    tryFlow: async (request) => {
      asked.push(request);
      return tryFlow(request);
    },
    recent: async () => ({
      messages: [{ id: '1', time: '2026-03-01T12:00:00.000Z', headers: {}, payload: '{"a":1}', is_cut: false }],
    }),
    later: (call) => {
      planned.add(call);
      return () => planned.delete(call);
    },
    isBusy: (thrown) => (thrown as Error).message === 'busy',
  };
  const pass = async (): Promise<void> => {
    for (const call of [...planned]) {
      planned.delete(call);
      call();
    }
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  return { world, asked, pass, planned };
};

describe('trying a draft', () => {
  it('tries with what was typed, and again after a change', async () => {
    const { world, asked, pass } = makeWorld();
    const draft = createDraft(flow);
    const trying = new Trying(draft, world);
    const end = trying.begin();
    trying.choose({ kind: 'typed', text: '{"a":1}' }, { component: 'x' });
    await pass();
    expect(asked).toEqual([{ flow, at: { component: 'x' }, messages: [{ payload: { a: 1 } }] }]);
    expect(trying.state.getState()).toMatchObject({ trial: answer, isTrying: false });

    draft.getState().run({ title: 'Change', change: (before) => ({ ...before, components: [] }) });
    expect(trying.state.getState()).toMatchObject({ isTrying: true });
    await pass();
    expect(asked).toHaveLength(2);

    draft.getState().run({ title: 'Move', change: (before) => ({ ...before, layout: { x: { x: 1, y: 1 } } }) });
    await pass();
    expect(asked).toHaveLength(2);

    end();
    draft.getState().undo();
    draft.getState().undo();
    await pass();
    expect(asked).toHaveLength(2);
  });

  it('tries with what came by', async () => {
    const { world, asked, pass } = makeWorld();
    const trying = new Trying(createDraft(flow), world);
    trying.begin();
    trying.choose({ kind: 'seen', from: 'a.out', to: 'x.in' });
    await pass();
    await pass();
    expect(asked[0]?.messages).toEqual([{ payload: { a: 1 }, headers: {}, time: '2026-03-01T12:00:00.000Z' }]);
  });

  it('says what is wrong with what was typed, and asks nobody', async () => {
    const { world, asked, pass } = makeWorld();
    const trying = new Trying(createDraft(flow), world);
    trying.begin();
    trying.choose({ kind: 'typed', text: '{a' });
    await pass();
    expect([asked, trying.state.getState().problem]).toEqual([[], expect.stringMatching(/no JSON/)]);
  });

  it('comes again where others are trying, and says what went wrong otherwise', async () => {
    let left = 1;
    const { world, asked, pass } = makeWorld(async () => {
      if (left-- > 0) throw new Error('busy');
      throw new Error('no');
    });
    const trying = new Trying(createDraft(flow), world);
    trying.begin();
    trying.choose({ kind: 'typed', text: '1' });
    await pass();
    expect(trying.state.getState()).toMatchObject({ isTrying: true, problem: undefined });
    await pass();
    expect(asked).toHaveLength(2);
    expect(trying.state.getState()).toMatchObject({ isTrying: false, problem: 'no' });
  });
});
