/** How many vehicles are remembered; the one that was silent longest makes room. */
const mostVehicles = 64;

/** Numbers count to 255 and begin again: one that is further ahead lies behind. */
const mostAhead = 128;
/** One that lies so far behind was overtaken on its way; further behind, the vehicle was restarted. */
const mostOvertaken = 16;
/** One that begins to count anew, further ahead than this, was restarted: such a gap that ends just there is rare. */
const mostFirst = 4;
const mostGap = 9;

interface Vehicle {
  sequence: number;
  frames: number;
  lost: number;
  lastSeen: number;
}

/** Frames that a line has lost, by the gaps in the sequence numbers of each vehicle's components. */
export class LinkLoss {
  private readonly vehicles = new Map<number, Vehicle>();

  note(system: number, component: number, sequence: number, time: number): void {
    const key = (system << 8) | component;
    const vehicle = this.vehicles.get(key);
    if (vehicle) {
      const ahead = (sequence - vehicle.sequence) & 0xff;
      vehicle.frames += 1;
      vehicle.lastSeen = time;
      if (ahead === 0) return;
      // it was counted as lost when a later one overtook it
      if (256 - ahead <= mostOvertaken) return void (vehicle.lost = Math.max(0, vehicle.lost - 1));
      const isRestarted = sequence < mostFirst && ahead > mostGap;
      if (ahead <= mostAhead && !isRestarted) vehicle.lost += ahead - 1;
      vehicle.sequence = sequence;
      return;
    }
    if (this.vehicles.size >= mostVehicles) this.forgetQuietest();
    this.vehicles.set(key, { sequence, frames: 1, lost: 0, lastSeen: time });
  }

  /** By `system:component`. */
  report(): Readonly<Record<string, { readonly frames: number; readonly lost: number; readonly last_seen: string }>> {
    return Object.fromEntries(
      [...this.vehicles].map(([key, { frames, lost, lastSeen }]) => [
        `${key >> 8}:${key & 0xff}`,
        { frames, lost, last_seen: new Date(lastSeen).toISOString() },
      ]),
    );
  }

  private forgetQuietest(): void {
    const [quietest] = [...this.vehicles].sort(([, a], [, b]) => a.lastSeen - b.lastSeen);
    if (quietest) this.vehicles.delete(quietest[0]);
  }
}
