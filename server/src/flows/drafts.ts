import { Injectable } from '@nestjs/common';
import { type DraftChange, Flow, type FlowDocument, freeId, idFrom, type StoredFlow } from '@semstreams/contract';
import { type Bucket, StaleRevision } from '../nats/storage/bucket.ts';
import type { Found } from '../nats/storage/bucket-changes.ts';
import { Nats } from '../nats/nats.ts';
import { conflict, HttpProblem, notFound } from '../web/problems.ts';

/** How often a free id is looked for. */
const mostTries = 10;

/** Flows as they are edited. Every write says which revision it builds on. */
@Injectable()
export class Drafts {
  private readonly bucket: Bucket<Flow>;
  private readonly listeners = new Set<(change: DraftChange) => void>();

  constructor(nats: Nats) {
    this.bucket = nats.bucket('semstreams_flows', { schema: Flow, keyOf: ({ id }) => id });
  }

  /** All that is kept, drafts that cannot be read too. */
  async entries(): Promise<readonly Found<Flow>[]> {
    return this.bucket.present();
  }

  /** Undefined where there is none. */
  async look(id: string): Promise<Found<Flow> | undefined> {
    return this.bucket.look(id);
  }

  /** The draft; a 404 or 409 problem where there is none, or none that can be read. */
  async get(id: string): Promise<StoredFlow> {
    const found = await this.bucket.look(id);
    if (!found) throw notFound(`there is no flow "${id}"`);
    if (found.kind === 'damaged') throw unreadable(id, found);
    return { ...found.value, revision: found.revision };
  }

  /** Keeps a new flow. Without an id it gets a free one, made from its name or from `fallbackName`. */
  async create(document: FlowDocument, fallbackName: string): Promise<StoredFlow> {
    const name = document.name ?? document.id ?? fallbackName;
    let id = document.id ?? idFrom(name);
    for (let tries = 1; ; tries += 1) {
      try {
        const flow: Flow = { ...document, id, name };
        return this.told({ ...flow, revision: await this.bucket.create(id, flow) });
      } catch (thrown) {
        if (!(thrown instanceof StaleRevision)) throw thrown;
        if (document.id !== undefined)
          throw conflict(`a flow with the id "${id}" exists already; change it by PUT, or choose another id`);
        if (tries === mostTries) throw conflict(`others make flows named "${name}" all the time; give it an id`);
        id = freeId(idFrom(name), new Set((await this.bucket.present()).map(({ key }) => key)));
      }
    }
  }

  /** Replaces a flow that is still at `revision`; a 412 problem names the present one otherwise. Makes it where that is 0. */
  async save(flow: Flow, revision: number): Promise<StoredFlow> {
    try {
      const written =
        revision === 0 ? await this.bucket.create(flow.id, flow) : await this.bucket.update(flow.id, flow, revision);
      return this.told({ ...flow, revision: written });
    } catch (thrown) {
      if (!(thrown instanceof StaleRevision)) throw thrown;
      throw await this.staleAt(flow.id);
    }
  }

  /** Removes a draft that is still at `revision`, readable or not; a 412 problem names the present one otherwise. */
  async remove(id: string, revision: number): Promise<void> {
    try {
      await this.bucket.remove(id, revision);
      this.tell({ flow: id, revision: 0 });
    } catch (thrown) {
      if (!(thrown instanceof StaleRevision)) throw thrown;
      throw await this.staleAt(id);
    }
  }

  onChange(listener: (change: DraftChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async staleAt(id: string): Promise<HttpProblem> {
    const present = await this.bucket.look(id);
    return present ? staleFlow(id, present.revision) : notFound(`there is no flow "${id}" any more`);
  }

  private told(flow: StoredFlow): StoredFlow {
    this.tell({ flow: flow.id, revision: flow.revision });
    return flow;
  }

  private tell(change: DraftChange): void {
    for (const listener of this.listeners) listener(change);
  }
}

/** What builds on a revision that is not the present one. */
export const staleFlow = (id: string, revision: number): HttpProblem =>
  new HttpProblem(412, `the flow "${id}" was changed meanwhile: it is at revision ${revision} now`);

const unreadable = (id: string, { sentence, revision }: { sentence: string; revision: number }): HttpProblem =>
  conflict(
    `the draft of "${id}" cannot be read (${sentence}): restore one of its versions, replace it by PUT with "If-Match: ${revision}", or delete it`,
  );
