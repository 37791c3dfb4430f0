import type { Deployment, Flow } from '@semstreams/contract';
import { describe, expect, it } from 'vitest';
import type { Found } from '../nats/storage/bucket-changes.ts';
import { conflict } from '../web/problems.ts';
import { Applying, type ApplyOptions } from './applying.ts';

const flow = (id: string, name = id): Flow => ({ id, name, components: [{ id: 'a', type: 'simulator_input' }] });
const found = <Value>(key: string, value: Value): Found<Value> =>
  ({ kind: 'whole', key, value, revision: 1, updatedAt: new Date(0) }) as Found<Value>;

/** A server in memory: drafts and the names of what runs. `refuses` cannot be deployed, which nobody can know before. */
const place = (present: readonly Flow[], refuses?: string) => {
  const drafts = new Map(present.map((each) => [each.id, each]));
  const runs = new Map(present.map((each) => [each.id, each]));
  const deployment = (id: string): Found<Deployment> | undefined =>
    runs.has(id)
      ? found(id, { flow: id, version: 1, desired: 'running', changed_at: new Date(0).toISOString() })
      : undefined;
  const before = new Map(runs);
  const fakes = {
    drafts: {
      look: async (id: string) => (drafts.has(id) ? found(id, drafts.get(id)) : undefined),
      entries: async () => [...drafts].map(([id, each]) => found(id, each)),
      save: async (each: Flow) => void drafts.set(each.id, each),
    },
    checker: { check: async () => [] },
    editing: {
      remove: async (id: string) => {
        if (runs.has(id)) throw conflict(`the flow "${id}" runs`);
        drafts.delete(id);
      },
    },
    operations: {
      deployment: async (id: string) => deployment(id),
      allDeployments: async () => [...runs.keys()].map((id) => deployment(id)),
      isDeployed: async (each: Flow) => runs.get(each.id)?.name === each.name,
      refuseToDeploy: async () => undefined,
      refuseToDelete: async () => undefined,
      deploy: async (id: string) => {
        if (id === refuses) throw conflict('others deploy it all the time');
        runs.set(id, drafts.get(id)!);
        return { version: 2 };
      },
      stop: async (id: string) => void runs.delete(id),
      putBack: async (id: string, was: unknown) => (was ? void runs.set(id, before.get(id)!) : void runs.delete(id)),
    },
  };
  const { checker, editing, operations } = fakes;
  const applying = new Applying(fakes.drafts as never, checker as never, editing as never, operations as never);
  const state = () => ({
    drafts: [...drafts.values()].map(({ name }) => name),
    runs: [...runs.values()].map(({ name }) => name),
  });
  return { applying, state };
};

const options: ApplyOptions = { dryRun: false, prune: false, deploy: true, discardWaiting: false };
const actions = ({ flows }: { flows: readonly { id: string; action: string; deploys: boolean }[] }) =>
  flows.map(({ id, action, deploys }) => `${id} ${action}${deploys ? ' deploy' : ''}`);

describe('a set of flows', () => {
  it('is made what it should be, and then left alone', async () => {
    const { applying, state } = place([flow('a'), flow('b'), flow('c')]);
    const set = [flow('a'), flow('b', 'other'), flow('d')];
    expect(actions(await applying.apply(set, options))).toEqual(['a none', 'b change deploy', 'd create deploy']);
    expect(state()).toEqual({ drafts: ['a', 'other', 'c', 'd'], runs: ['a', 'other', 'c', 'd'] });
    expect(await applying.apply(set, options)).toMatchObject({ changed: false });
  });

  it('is only looked at in a dry run, and says the same', async () => {
    const { applying, state } = place([flow('a'), flow('b')]);
    const before = state();
    const told = await applying.apply([flow('a', 'other')], { ...options, dryRun: true, prune: true });
    expect(actions(told)).toEqual(['a change deploy', 'b remove']);
    expect(told.flows.map(({ sentence }) => sentence)).toEqual([
      '"a" would be changed and deployed',
      '"b" would be stopped and removed',
    ]);
    expect(state()).toEqual(before);
  });

  it('removes what it does not hold only when that is asked for', async () => {
    const { applying, state } = place([flow('a'), flow('b')]);
    expect(actions(await applying.apply([flow('a')], { ...options, prune: true }))).toEqual(['a none', 'b remove']);
    expect(state()).toEqual({ drafts: ['a'], runs: ['a'] });
  });

  it('leaves everything as it was where one of its flows cannot be deployed', async () => {
    const { applying, state } = place([flow('a'), flow('b'), flow('c')], 'b');
    const before = state();
    const set = [flow('a', 'other'), flow('n'), flow('b', 'other')];
    await expect(applying.apply(set, { ...options, prune: true })).rejects.toThrow('others deploy it all the time');
    expect(state()).toEqual(before);
  });

  it('keeps how a flow was laid out by hand', async () => {
    const laidOut = { ...flow('a'), layout: { a: { x: 1, y: 2 } } };
    const { applying } = place([laidOut]);
    expect(await applying.apply([flow('a')], options)).toMatchObject({ changed: false });
  });
});
