import { Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type ClientEvents, type FlowStatus, type Link, livePath, type ServerEvents } from '@semstreams/contract';
import { Server, type Socket } from 'socket.io';
import { Drafts } from '../flows/drafts.ts';
import { Quarantine } from '../nats/storage/quarantine.ts';
import { Chronicler } from '../history/chronicler.ts';
import { Supervisor } from '../supervision/supervisor.ts';
import { Access } from '../access/access.ts';
import { isLimited, mayTouch, type Principal, reachOf } from '../access/principal.ts';
import { isTrusted } from '../access/trusted-origin.ts';
import { Settings } from '../config/settings.ts';

/** How often numbers go out, in milliseconds: people cannot read faster. */
const tellMs = 500;
/** Browsers that are served at the same time; further ones are refused, and try again by themselves. */
const mostBrowsers = 2500;
/** A browser for which so many messages wait is cut off: it connects again and is told how things are then. */
const mostUnsent = 200;
/** Flows that one browser may watch at the same time. */
const mostWatched = 50;

interface Known {
  asker: Principal;
}
type LiveSocket = Socket<ClientEvents, ServerEvents, object, Known>;

/** Tells browsers what flows do. Costs nothing while nobody looks. */
@Injectable()
export class Live implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly io = new Server<ClientEvents, ServerEvents, object, Known>({
    path: livePath,
    serveClient: false,
    maxHttpBufferSize: 64 * 1024,
    perMessageDeflate: false,
    allowRequest: ({ headers, url = '' }, decide) => {
      const isNew = isFirstWord(url);
      const hasRoom = !isNew || this.io.engine.clientsCount < mostBrowsers;
      const isKnown = this.access.principalOf(headers) !== undefined;
      decide(null, hasRoom && isKnown && isTrusted(headers, this.settings.values.allowed_hosts));
    },
  });
  private telling: NodeJS.Timeout | undefined;
  private readonly forget: (() => void)[] = [];

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly supervisor: Supervisor,
    private readonly drafts: Drafts,
    private readonly quarantine: Quarantine,
    private readonly settings: Settings,
    private readonly access: Access,
    private readonly chronicler: Chronicler,
  ) {}

  onApplicationBootstrap(): void {
    this.io.attach(this.host.httpAdapter.getHttpServer(), { destroyUpgrade: false });
    this.io.on('connection', (socket) => this.greet(socket));
    this.forget.push(
      this.drafts.onChange((change) => {
        for (const socket of this.sockets()) if (maySee(socket, change.flow)) socket.emit('draft', change);
      }),
      this.chronicler.happenings.onChange((happening) => {
        for (const socket of this.sockets())
          if (happening.flow === undefined || maySee(socket, happening.flow)) socket.emit('happened', happening);
      }),
      this.quarantine.onChange(() => {
        for (const socket of this.sockets()) this.tellTroubles(socket);
      }),
    );
    this.telling = setInterval(() => this.tell(), tellMs);
  }

  /** Ends what is its own alone: closing the HTTP server here would wait for clients that keep asking, before flows drain. */
  beforeApplicationShutdown(): void {
    clearInterval(this.telling);
    for (const forget of this.forget) forget();
    if (!this.telling) return;
    this.io.disconnectSockets(true);
    this.io.engine.close();
  }

  private sockets(): Iterable<LiveSocket> {
    return this.io.sockets.sockets.values();
  }

  private greet(socket: LiveSocket): void {
    const asker = this.access.principalOf(socket.handshake.headers);
    // it ended between the first word and this one
    if (!asker) return void socket.disconnect(true);
    socket.data.asker = asker;
    socket.once(
      'disconnect',
      this.access.hold(asker, () => socket.disconnect(true)),
    );
    socket.emit('overview', reachedBy(socket, this.supervisor.overview()));
    this.tellTroubles(socket);
    socket.on('watch', (flow) => {
      if (typeof flow !== 'string' || socket.rooms.size > mostWatched || !maySee(socket, flow)) return;
      void socket.join(roomOf(flow));
      const status = this.supervisor.status(flow);
      if (status) socket.emit('status', status);
    });
    socket.on('unwatch', (flow) => {
      if (typeof flow === 'string') void socket.leave(roomOf(flow));
    });
    socket.on('watchLinks', () => {
      void socket.join(linksRoom);
      socket.emit('links', reachedBy(socket, this.supervisor.links()));
    });
    socket.on('unwatchLinks', () => void socket.leave(linksRoom));
  }

  private tellTroubles(socket: LiveSocket): void {
    socket.emit('troubles', this.quarantine.all(reachOf(askerOf(socket))));
  }

  /**
   * A browser that does not keep up misses numbers, never gets old ones late. Who can be told is asked once for all that
   * there is to tell: a second volatile message right behind a first one would find the line busy with it, every time.
   */
  private tell(): void {
    if (this.io.engine.clientsCount === 0) return;
    const overview = this.supervisor.overview();
    let links: readonly Link[] | undefined;
    const statuses = new Map<string, FlowStatus | undefined>();
    for (const socket of this.sockets()) {
      if (!socket.conn.transport.writable) {
        if (unsentOf(socket) > mostUnsent) socket.disconnect(true);
        continue;
      }
      socket.emit('overview', reachedBy(socket, overview));
      if (socket.rooms.has(linksRoom)) socket.emit('links', reachedBy(socket, (links ??= this.supervisor.links())));
      for (const room of socket.rooms) {
        const flow = flowOf(room);
        if (flow === undefined) continue;
        if (!statuses.has(flow)) statuses.set(flow, this.supervisor.status(flow));
        const status = statuses.get(flow);
        if (status) socket.emit('status', status);
      }
    }
  }
}

/** Whether a request begins a connection; the one who answers it reads the last `sid` of the address. */
const isFirstWord = (url: string): boolean => !new URL(url, 'http://here').searchParams.getAll('sid').at(-1);

const askerOf = (socket: LiveSocket): Principal => socket.data.asker;
const maySee = (socket: LiveSocket, flow: string): boolean => mayTouch(askerOf(socket), flow);
const reachedBy = <Told extends { readonly flow: string }>(
  socket: LiveSocket,
  all: readonly Told[],
): readonly Told[] => (isLimited(askerOf(socket)) ? all.filter(({ flow }) => maySee(socket, flow)) : all);

/** Messages that wait for the transport of a browser. */
const unsentOf = ({ conn }: LiveSocket): number =>
  (conn as unknown as { readonly writeBuffer: readonly unknown[] }).writeBuffer.length;

/** Those who look at links. */
const linksRoom = 'links';
const prefix = 'flow:';
const roomOf = (flow: string): string => `${prefix}${flow}`;
const flowOf = (room: string): string | undefined => (room.startsWith(prefix) ? room.slice(prefix.length) : undefined);
