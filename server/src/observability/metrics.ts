import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { parseElapsed } from '@semstreams/contract';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { Supervisor } from '../supervision/supervisor.ts';
import { DiskSpace, diskLevels } from '../nats/storage/disk-space.ts';
import { Nats } from '../nats/nats.ts';
import { refusedBy } from '../web/http-limits.ts';
import { about } from '../config/about.ts';

const perComponent = ['flow', 'component'] as const;
const perConnection = ['flow', 'from', 'to'] as const;
const observedStates = ['stopped', 'starting', 'running', 'degraded', 'failed', 'stopping'] as const;

/**
 * Prometheus metrics, made from the counters at the moment of asking. Counters go on over redeploys and restarts of a
 * flow, and start at zero with the process.
 */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly messagesIn = this.counter('semstreams_message_in_total', 'Messages taken in.', perComponent);
  private readonly messagesOut = this.counter('semstreams_message_out_total', 'Messages handed on.', perComponent);
  private readonly errors = this.counter(
    'semstreams_message_errors_total',
    'Messages that could not be processed.',
    perComponent,
  );
  private readonly dropped = this.counter('semstreams_message_dropped_total', 'Messages given up on, by reason.', [
    ...perComponent,
    'reason',
  ]);
  private readonly lostRatio = this.gauge(
    'semstreams_message_lost_ratio',
    'Part of the messages of the last minute that failed or were dropped, from 0 to 1; of the last five where they were few.',
    perComponent,
  );
  private readonly deadLetters = this.gauge(
    'semstreams_flow_dead_letters',
    'Messages that can never work and are kept to be looked at.',
    ['flow'],
  );
  private readonly moved = this.counter(
    'semstreams_flow_connection_messages_total',
    'Messages over a connection.',
    perConnection,
  );
  private readonly waiting = this.gauge(
    'semstreams_message_waiting',
    'Messages that a guaranteed connection keeps and that are not delivered yet.',
    perConnection,
  );
  private readonly waitingBytes = this.gauge(
    'semstreams_message_waiting_bytes',
    'Disk that the buffer of a connection uses.',
    perConnection,
  );
  private readonly oldestWaiting = this.gauge(
    'semstreams_message_oldest_waiting_seconds',
    'Age of the oldest message in the buffer of a connection.',
    perConnection,
  );
  private readonly state = this.gauge('semstreams_flow_state', 'What the flow does: 1 for the present state.', [
    'flow',
    'state',
  ]);
  private readonly wanted = this.gauge('semstreams_flow_desired_running', 'Whether the flow should run.', ['flow']);
  private readonly version = this.gauge('semstreams_flow_version', 'Version that runs or ran last.', ['flow']);
  private readonly connected = this.gauge('semstreams_nats_connected', 'Whether NATS can be asked.', []);

  private readonly diskUsed = this.gauge(
    'semstreams_disk_used_ratio',
    'Part of the data folder’s file system in use.',
    [],
  );
  private readonly diskFree = this.gauge('semstreams_disk_free_bytes', 'What the data folder can still take.', []);
  private readonly diskLevel = this.gauge('semstreams_disk_level', 'How full the disk is: 1 for the present level.', [
    'level',
  ]);

  private readonly refused = this.counter(
    'semstreams_http_connections_refused_total',
    'Connections to this server that were refused: all places were taken, or as many as one address may have.',
    ['reason'],
  );

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly supervisor: Supervisor,
    private readonly nats: Nats,
    private readonly disk: DiskSpace,
  ) {
    collectDefaultMetrics({ register: this.registry });
    // gauges that are named like counters; each has a family without the suffix beside it
    for (const kind of ['handles', 'requests', 'resources'])
      this.registry.removeSingleMetric(`nodejs_active_${kind}_total`);
    this.gauge('semstreams_build_info', 'What runs.', ['version', 'commit']).set(
      { version: about.version, commit: about.commit ?? '' },
      1,
    );
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Prometheus text format. */
  async text(): Promise<string> {
    for (const family of [this.messagesIn, this.messagesOut, this.errors, this.dropped, this.moved]) family.reset();
    for (const family of [this.state, this.wanted, this.version, this.deadLetters, this.lostRatio]) family.reset();
    for (const family of [this.waiting, this.waitingBytes, this.oldestWaiting]) family.reset();
    this.connected.set(this.nats.state === 'connected' ? 1 : 0);
    this.refused.reset();
    for (const [reason, count] of Object.entries(refusedBy(this.http.httpAdapter.getHttpServer() as object)))
      this.refused.inc({ reason }, count);
    this.diskUsed.set(this.disk.usedRatio);
    this.diskFree.set(this.disk.freeBytes);
    for (const level of diskLevels) this.diskLevel.set({ level }, level === this.disk.level ? 1 : 0);
    for (const status of this.supervisor.statuses()) {
      const { flow, desired, observed, version, components, connections } = status;
      this.deadLetters.set({ flow }, status.dead_letters);
      this.wanted.set({ flow }, desired === 'running' ? 1 : 0);
      this.version.set({ flow }, version);
      for (const state of observedStates) this.state.set({ flow, state }, state === observed ? 1 : 0);
      for (const { id: component, in_total, out_total, errors_total, dropped, lost_ratio } of components) {
        this.lostRatio.set({ flow, component }, lost_ratio);
        this.messagesIn.inc({ flow, component }, in_total);
        this.messagesOut.inc({ flow, component }, out_total);
        this.errors.inc({ flow, component }, errors_total);
        for (const [reason, count] of Object.entries(dropped)) this.dropped.inc({ flow, component, reason }, count);
      }
      for (const { from, to, delivery, total, waiting, waiting_bytes, oldest_waiting } of connections) {
        this.moved.inc({ flow, from, to }, total);
        if (delivery === 'live') continue;
        this.waiting.set({ flow, from, to }, waiting);
        this.waitingBytes.set({ flow, from, to }, waiting_bytes);
        this.oldestWaiting.set({ flow, from, to }, parseElapsed(oldest_waiting ?? '0s') / 1000);
      }
    }
    return this.registry.metrics();
  }

  private counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private gauge<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
}
