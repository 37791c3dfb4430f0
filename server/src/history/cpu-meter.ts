import { wholeCpuMsOf } from '../machine/process-usage.ts';

/** How much of one core processes use: what they spent since they were looked at before. */
export class CpuMeter {
  private before = new Map<number, number>();

  /** Percent of one core since the last call, for those that were there then too; undefined where there is none. */
  percentOf(processes: readonly number[], elapsedS: number): number | undefined {
    const now = new Map<number, number>();
    let spentMs: number | undefined;
    for (const id of processes) {
      const cpuMs = wholeCpuMsOf(id);
      if (cpuMs === undefined) continue;
      now.set(id, cpuMs);
      const earlier = this.before.get(id);
      if (earlier !== undefined) spentMs = (spentMs ?? 0) + Math.max(0, cpuMs - earlier);
    }
    this.before = now;
    return spentMs === undefined ? undefined : spentMs / elapsedS / 10;
  }
}
