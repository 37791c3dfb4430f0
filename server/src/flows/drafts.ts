import { Injectable } from '@nestjs/common';
import { Flow, type FlowDocument, freeId, idFrom, type StoredFlow } from '@semstreams/contract';
import { type Bucket, type Entry, StaleRevision } from '../nats/bucket.ts';
import { Nats } from '../nats/nats.ts';
import { conflict, HttpProblem, notFound } from '../web/problems.ts';

export interface DraftChange {
  readonly flow: string;
  /** 0 when the flow was deleted. */
  readonly revision: number;
}

/** Flows as they are edited. Every write says which revision it builds on. */
@Injectable()
export class Drafts {
  private readonly bucket: Bucket<Flow>;
  private readonly listeners = new Set<(change: DraftChange) => void>();

  constructor(nats: Nats) {
    this.bucket = nats.bucket('semstreams_flows', Flow);
  }

  async entries(): Promise<readonly Entry<Flow>[]> {
    return this.bucket.present();
  }

  async find(id: string): Promise<StoredFlow | undefined> {
    const entry = await this.bucket.get(id);
    return entry && { ...entry.value, revision: entry.revision };
  }

  async get(id: string): Promise<StoredFlow> {
    const found = await this.find(id);
    if (!found) throw notFound(`there is no flow "${id}"`);
    return found;
  }

  /** Keeps a new flow. Without an id it gets a free one, made from its name or from `fallbackName`. */
  async create(document: FlowDocument, fallbackName: string): Promise<StoredFlow> {
    const name = document.name ?? document.id ?? fallbackName;
    const taken = new Set((await this.bucket.entries()).map(({ key }) => key));
    if (document.id !== undefined && taken.has(document.id))
      throw conflict(`a flow with the id "${document.id}" exists already; change it by PUT, or choose another id`);
    const flow: Flow = { ...document, id: document.id ?? freeId(idFrom(name), taken), name };
    try {
      return this.told({ ...flow, revision: await this.bucket.create(flow.id, flow) });
    } catch (thrown) {
      if (thrown instanceof StaleRevision)
        throw conflict(`a flow with the id "${flow.id}" was made at the same moment`);
      throw thrown;
    }
  }

  /** Replaces a flow that is still at `revision`; a 412 problem names the present one otherwise. */
  async save(flow: Flow, revision: number): Promise<StoredFlow> {
    try {
      return this.told({ ...flow, revision: await this.bucket.update(flow.id, flow, revision) });
    } catch (thrown) {
      if (!(thrown instanceof StaleRevision)) throw thrown;
      throw staleAt(await this.get(flow.id));
    }
  }

  /** Throws a 404 or 412 problem where the flow is not there, or not at `revision`. */
  async check(id: string, revision: number | undefined): Promise<void> {
    const present = await this.get(id);
    if (revision !== undefined && revision !== present.revision) throw staleAt(present);
  }

  async remove(id: string): Promise<void> {
    await this.bucket.remove(id);
    this.tell({ flow: id, revision: 0 });
  }

  onChange(listener: (change: DraftChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private told(flow: StoredFlow): StoredFlow {
    this.tell({ flow: flow.id, revision: flow.revision });
    return flow;
  }

  private tell(change: DraftChange): void {
    for (const listener of this.listeners) listener(change);
  }
}

const staleAt = ({ id, revision }: StoredFlow): HttpProblem =>
  new HttpProblem(412, `the flow "${id}" was changed meanwhile: it is at revision ${revision} now`);
