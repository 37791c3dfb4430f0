import type { Flow, StoredFlow } from '@semstreams/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Autosave, type PutAnswer, type SaveWorld, withoutRevision } from './autosave.ts';
import { createDraft, type DraftStore } from './draft-store.ts';
import { configure, renameFlow } from './edits.ts';

const first: StoredFlow = { id: 'f', name: 'Flow', components: [{ id: 'a', type: 'source' }], revision: 1 };

/** A server that keeps one flow, and a clock that is turned by hand. */
class FakeWorld implements SaveWorld {
  stored: StoredFlow | undefined = first;
  kept: Flow | undefined;
  down: string | undefined;
  puts = 0;
  private calls: { at: number; call: () => void }[] = [];
  private time = 0;

  put = async (flow: Flow, revision: number): Promise<PutAnswer> => {
    this.puts += 1;
    if (this.down) throw new Error(this.down);
    if (!this.stored) return { kind: 'gone' };
    if (revision !== this.stored.revision) return { kind: 'stale' };
    this.stored = { ...flow, revision: revision + 1 };
    return { kind: 'stored', stored: this.stored };
  };
  get = async () => this.stored;
  keep = (_: StoredFlow, flow: Flow) => void (this.kept = flow);
  forget = () => void (this.kept = undefined);
  now = () => this.time;
  later = (call: () => void, afterMs: number) => {
    const entry = { at: this.time + afterMs, call };
    this.calls.push(entry);
    return () => void (this.calls = this.calls.filter((other) => other !== entry));
  };

  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await settled();
      const next = this.calls.filter(({ at }) => at <= end).sort((x, y) => x.at - y.at)[0];
      if (!next) break;
      this.calls = this.calls.filter((entry) => entry !== next);
      this.time = Math.max(this.time, next.at);
      next.call();
    }
    this.time = end;
  }

  /** Somebody else writes the flow. */
  write(change: (flow: Flow) => Flow): void {
    this.stored = { ...change(withoutRevision(this.stored!)), revision: this.stored!.revision + 1 };
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

let world: FakeWorld;
let draft: DraftStore;
let autosave: Autosave;
const setPort = (port: number) =>
  draft.getState().run(configure(draft.getState().flow.components[0]!, ['port'], port, 'Port'));
const theirPort =
  (port: number) =>
  (flow: Flow): Flow => ({
    ...flow,
    components: [{ ...flow.components[0]!, config: { port } }],
  });
const storedPort = () => world.stored?.components[0]?.config?.['port'];

beforeEach(() => {
  world = new FakeWorld();
  draft = createDraft(withoutRevision(first));
  autosave = new Autosave(draft, first, world);
});
afterEach(() => autosave.stop());

describe('a change', () => {
  it('is written within two seconds, and kept until then', async () => {
    setPort(2);
    expect(world.kept).toEqual(draft.getState().flow);
    await world.pass(2000);
    expect([storedPort(), world.kept, autosave.state.getState().kind]).toEqual([2, undefined, 'saved']);
  });

  it('is written by one call for many letters', async () => {
    for (const port of [2, 3, 4]) setPort(port);
    await world.pass(2000);
    expect([storedPort(), world.puts]).toEqual([4, 1]);
  });

  it('stays here while the server is away and is written once it is back', async () => {
    world.down = 'the disk is full';
    setPort(2);
    await world.pass(5000);
    expect(autosave.state.getState()).toEqual({ kind: 'failed', sentence: 'the disk is full' });
    setPort(3);
    expect(world.kept).toEqual(draft.getState().flow);
    world.down = undefined;
    await world.pass(10_000);
    expect([storedPort(), autosave.state.getState().kind]).toEqual([3, 'saved']);
  });

  it('is flushed before a deploy', async () => {
    setPort(2);
    expect(await autosave.flush()).toBe(true);
    expect(storedPort()).toBe(2);
    world.down = 'away';
    setPort(3);
    expect(await autosave.flush()).toBe(false);
  });
});

describe('a change by somebody else', () => {
  it('is taken over when the server tells of it', async () => {
    world.write(theirPort(7));
    autosave.noticed(world.stored!.revision);
    await world.pass(2000);
    expect(draft.getState().flow.components[0]?.config).toEqual({ port: 7 });
    expect([world.puts, draft.getState().past.length]).toEqual([0, 0]);
  });

  it('of something else is kept beside ours', async () => {
    world.write((flow) => ({ ...flow, name: 'Theirs' }));
    setPort(2);
    await world.pass(3000);
    expect([world.stored?.name, storedPort(), draft.getState().flow.name]).toEqual(['Theirs', 2, 'Theirs']);
  });

  it.each(['ours', 'theirs'] as const)('of the same thing waits for a choice: %s', async (choice) => {
    world.write(theirPort(7));
    setPort(2);
    await world.pass(3000);
    expect(autosave.state.getState()).toMatchObject({ kind: 'conflict', conflicts: [{ ours: 2, theirs: 7 }] });
    expect([storedPort(), await autosave.flush()]).toEqual([7, false]);
    draft.getState().run(renameFlow('Edited meanwhile'));
    autosave.resolve(() => choice);
    await world.pass(3000);
    const port = choice === 'ours' ? 2 : 7;
    expect(world.kept).toBeUndefined();
    expect([storedPort(), world.stored?.name, autosave.state.getState().kind]).toEqual([
      port,
      'Edited meanwhile',
      'saved',
    ]);
  });

  it('that deletes the flow is said, and what is here stays here', async () => {
    world.stored = undefined;
    setPort(2);
    await world.pass(3000);
    expect([autosave.state.getState().kind, world.kept]).toEqual(['gone', draft.getState().flow]);
  });

  it('is not mixed up with what this editor wrote itself', async () => {
    setPort(2);
    autosave.noticed(2);
    await world.pass(3000);
    expect([storedPort(), world.puts]).toEqual([2, 1]);
  });
});
