import type { Profiler } from 'node:inspector';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../config/settings.ts';
import { conflict } from '../../web/problems.ts';
import { cpuProfile, heapProfile, type HeapSamples, type Sampled } from './pprof.ts';
import { type Thread, Threads } from './threads.ts';

/** How often a thread is looked at for a CPU profile, in microseconds. */
const intervalUs = 1000;
/** One of so many bytes that are allocated is sampled: as few as cost nothing that can be measured. */
const intervalBytes = 128 * 1024;

/** What the main thread and the lanes spend their time and memory on. Nothing is sampled unless "debug.pprof" is set. */
@Injectable()
export class Profiles implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger(Profiles.name);
  private readonly ending = new AbortController();
  private isBusy = false;

  constructor(
    private readonly settings: Settings,
    private readonly threads: Threads,
  ) {}

  get isEnabled(): boolean {
    return this.settings.values.debug.pprof;
  }

  /** Allocations are sampled from the start: a heap profile tells what is left of them. */
  onModuleInit(): void {
    if (this.isEnabled) this.threads.connect((thread) => this.sampleHeap(thread));
  }

  onApplicationShutdown(): void {
    this.ending.abort();
    if (this.isEnabled) this.threads.disconnect();
  }

  /** Where time is spent during so many seconds, in pprof's format, gzipped. Refused while another one is made. */
  async cpu(seconds: number): Promise<Buffer> {
    if (this.isBusy) throw conflict('another profile is being made; wait until it is done');
    this.isBusy = true;
    try {
      const startedAt = new Date();
      const from = performance.now();
      const watched = await this.ofAll(async (thread) => {
        await thread.ask('Profiler.enable');
        await thread.ask('Profiler.setSamplingInterval', { interval: intervalUs });
        await thread.ask('Profiler.start');
        return thread;
      });
      await sleep(seconds * 1000, undefined, { signal: this.ending.signal });
      const sampled = await this.ofAll(async (thread): Promise<Sampled<Profiler.Profile>> => {
        const { profile } = await thread.ask<{ profile: Profiler.Profile }>('Profiler.stop');
        await thread.ask('Profiler.disable');
        return { thread: thread.name, profile };
      }, watched);
      return await cpuProfile(sampled, { startedAt, durationMs: performance.now() - from, intervalUs });
    } finally {
      this.isBusy = false;
    }
  }

  /** What lives on the heaps now, in pprof's format, gzipped. */
  async heap(): Promise<Buffer> {
    const sampled = await this.ofAll(async (thread): Promise<Sampled<HeapSamples>> => ({
      thread: thread.name,
      profile: (await thread.ask<{ profile: HeapSamples }>('HeapProfiler.getSamplingProfile')).profile,
    }));
    return heapProfile(sampled, { startedAt: new Date(), intervalBytes });
  }

  private sampleHeap(thread: Thread): void {
    thread
      .ask('HeapProfiler.enable')
      .then(async () => thread.ask('HeapProfiler.startSampling', { samplingInterval: intervalBytes }))
      .catch((thrown: Error) =>
        this.log.debug({ msg: 'a heap is not sampled', thread: thread.name, reason: thrown.message }),
      );
  }

  /** A lane may end or stall meanwhile: the others are told all the same. */
  private async ofAll<Found>(
    find: (thread: Thread) => Promise<Found>,
    threads: readonly Thread[] = this.threads.all(),
  ): Promise<Found[]> {
    const found = await Promise.allSettled(threads.map(find));
    return found.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  }
}
