import type { ClientEvents, ServerEvents } from '@semstreams/contract';
import { type LineState, type LiveState, unknownState, withoutFlow, withOverview, withStatus } from './live-state.ts';

/** The server tells something twice a second; after this long without a word, in milliseconds, the line counts as cut. */
const silenceMs = 3000;
/** A line that is cut for longer, in milliseconds, is called offline. */
const offlineMs = 30_000;
const lookMs = 500;

/** What the line needs of a socket.io client socket. */
export interface LineSocket {
  on(event: 'connect' | 'disconnect' | 'connect_error', listener: () => void): unknown;
  on<Event extends keyof ServerEvents>(event: Event, listener: ServerEvents[Event]): unknown;
  emit<Event extends keyof ClientEvents>(event: Event, ...values: Parameters<ClientEvents[Event]>): unknown;
  connect(): unknown;
  disconnect(): unknown;
  readonly connected: boolean;
}

export type DraftChange = Parameters<ServerEvents['draft']>[0];

/**
 * The line to the server: what it tells by itself, kept outside React for `useSyncExternalStore`. It counts who watches
 * which flow, and asks for all of them again after every reconnect.
 */
export class Line {
  private state = unknownState;
  private readonly listeners = new Set<() => void>();
  private readonly draftListeners = new Set<(change: DraftChange) => void>();
  private readonly backListeners = new Set<() => void>();
  private readonly watchers = new Map<string, number>();
  private linkWatchers = 0;
  private looking: ReturnType<typeof setInterval> | undefined;
  private downSince: number | undefined;
  private wasConnected = false;

  constructor(
    private readonly socket: LineSocket,
    private readonly now: () => number = Date.now,
  ) {}

  /** Connects and keeps at it until `close`. */
  open(): void {
    const { socket } = this;
    socket.on('connect', () => this.ask());
    socket.on('disconnect', () => this.down());
    socket.on('connect_error', () => this.down());
    socket.on('overview', (flows) => this.told(withOverview(this.state, flows)));
    socket.on('status', (status) => {
      if (this.watchers.has(status.flow)) this.told(withStatus(this.state, status));
    });
    socket.on('links', (links) => {
      if (this.linkWatchers > 0) this.told({ ...this.state, links });
    });
    socket.on('troubles', (troubles) => this.told({ ...this.state, troubles }));
    socket.on('draft', (change) => {
      for (const listener of this.draftListeners) listener(change);
    });
    this.looking = setInterval(() => this.look(), lookMs);
    socket.connect();
  }

  /** There may be a way again: does not wait for the next try. */
  retry(): void {
    if (this.downSince === undefined) return;
    this.socket.disconnect();
    this.socket.connect();
  }

  close(): void {
    clearInterval(this.looking);
    this.socket.disconnect();
  }

  readonly read = (): LiveState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Asks for the status of a flow until the returned function is called by everybody who asked. */
  watch(flow: string): () => void {
    const count = this.watchers.get(flow) ?? 0;
    this.watchers.set(flow, count + 1);
    if (count === 0 && this.socket.connected) this.socket.emit('watch', flow);
    return () => this.unwatch(flow);
  }

  /** Asks for the links of all flows until the returned function is called by everybody who asked. */
  watchLinks(): () => void {
    this.linkWatchers += 1;
    if (this.linkWatchers === 1 && this.socket.connected) this.socket.emit('watchLinks');
    return () => {
      this.linkWatchers -= 1;
      if (this.linkWatchers > 0) return;
      if (this.socket.connected) this.socket.emit('unwatchLinks');
      this.replace({ ...this.state, links: undefined });
    };
  }

  /** Somebody wrote a draft; revision 0 means that the flow is gone. */
  onDraft(listener: (change: DraftChange) => void): () => void {
    this.draftListeners.add(listener);
    return () => void this.draftListeners.delete(listener);
  }

  /** The line is back after a cut: what was fetched before may be old. */
  onBack(listener: () => void): () => void {
    this.backListeners.add(listener);
    return () => void this.backListeners.delete(listener);
  }

  private unwatch(flow: string): void {
    const count = (this.watchers.get(flow) ?? 1) - 1;
    if (count > 0) {
      this.watchers.set(flow, count);
      return;
    }
    this.watchers.delete(flow);
    if (this.socket.connected) this.socket.emit('unwatch', flow);
    this.replace(withoutFlow(this.state, flow));
  }

  private ask(): void {
    for (const flow of this.watchers.keys()) this.socket.emit('watch', flow);
    if (this.linkWatchers > 0) this.socket.emit('watchLinks');
    if (this.wasConnected) for (const listener of this.backListeners) listener();
    this.wasConnected = true;
  }

  private told(state: LiveState): void {
    this.downSince = undefined;
    this.replace({ ...state, line: 'live', lastDataAt: this.now() });
  }

  private down(): void {
    this.downSince ??= this.now();
    const isLong = this.now() - this.downSince >= offlineMs;
    const line: LineState = isLong ? 'offline' : 'reconnecting';
    if (line !== this.state.line) this.replace({ ...this.state, line });
  }

  /** A cut cable closes no socket: the silence tells. Then a new connection is tried at once. */
  private look(): void {
    if (this.downSince !== undefined) return this.down();
    const { line, lastDataAt } = this.state;
    if (line !== 'live' || this.now() - (lastDataAt ?? 0) < silenceMs) return;
    this.down();
    this.socket.disconnect();
    this.socket.connect();
  }

  private replace(state: LiveState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
