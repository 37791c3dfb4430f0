/** How many components of vehicles are remembered; the one that was silent longest makes room. */
const mostRemembered = 64;
/** One that was silent for so long and is heard from another address has moved there, in milliseconds. */
const movedAfterMs = 3000;

/** Numbers count to 255 and begin again: one that is further ahead lies behind. */
const mostAhead = 128;
/** One that lies so far behind was overtaken on its way; further behind, the vehicle was restarted. */
const mostOvertaken = 16;
/** One that begins to count anew, further ahead than this, was restarted: such a gap that ends just there is rare. */
const mostFirst = 4;
const mostGap = 9;

/** A component of a vehicle, as one line hears it. */
export interface Heard {
  readonly key: number;
  line: LineOfVehicles;
  sequence: number;
  frames: number;
  lost: number;
  lastSeen: number;
}

export const systemOf = (key: number): number => key >> 8;
export const componentOf = (key: number): number => key & 0xff;
const nameOf = (key: number): string => `${systemOf(key)}:${componentOf(key)}`;

/** Those that are heard from one address. */
export interface LineOfVehicles {
  readonly address: string;
  /** Whether a good frame has come from there, rightly signed where that is asked for. */
  readonly isHeard: boolean;
  /** A frame came. `time` is when, in milliseconds since 1970. */
  note(system: number, component: number, sequence: number, time: number): void;
  /** Whether this vehicle was last heard here; any of its components where none is named. */
  has(system: number, component?: number): boolean;
  /** Nothing comes from there any more: who is heard from elsewhere has moved. */
  end(): void;
}

/**
 * Who is heard, told apart by address, system and component, and the frames that were lost on the way, by the gaps in the
 * sequence numbers of each.
 */
export class Vehicles {
  private readonly all = new Set<Heard>();
  private readonly ended = new WeakSet<LineOfVehicles>();

  line(address: string): LineOfVehicles {
    const known = new Map<number, Heard>();
    let isHeard = false;
    const line: LineOfVehicles = {
      address,
      get isHeard() {
        return isHeard;
      },
      note: (system, component, sequence, time) => {
        const key = (system << 8) | component;
        const heard = known.get(key);
        if (heard?.line === line) return count(heard, sequence, time);
        isHeard = true;
        if (known.size >= mostRemembered) known.clear();
        known.set(key, this.meet(key, line, sequence, time));
      },
      has: (system, component) =>
        [...this.all].some(
          (heard) =>
            heard.line === line &&
            systemOf(heard.key) === system &&
            (component === undefined || componentOf(heard.key) === component),
        ),
      end: () => void this.ended.add(line),
    };
    return line;
  }

  /** By `system:component`, and by the address where several are called so. */
  report(): Readonly<Record<string, { readonly frames: number; readonly lost: number; readonly last_seen: string }>> {
    const names = [...this.all].map(({ key }) => nameOf(key));
    return Object.fromEntries(
      [...this.all].map(({ line, frames, lost, lastSeen }, index) => {
        const name = names[index]!;
        const isOnly = names.indexOf(name) === names.lastIndexOf(name);
        return [
          isOnly ? name : `${name} at ${line.address}`,
          { frames, lost, last_seen: new Date(lastSeen).toISOString() },
        ];
      }),
    );
  }

  /** Vehicles of which nothing was heard since `time`, whichever of their components spoke last. */
  quietSince(time: number): readonly Readonly<Heard>[] {
    const latest = new Map<string, Heard>();
    for (const heard of this.all) {
      const place = `${systemOf(heard.key)} at ${heard.line.address}`;
      const before = latest.get(place);
      if (!before || before.lastSeen < heard.lastSeen) latest.set(place, heard);
    }
    return [...latest.values()].filter(({ lastSeen }) => lastSeen < time);
  }

  private meet(key: number, line: LineOfVehicles, sequence: number, time: number): Heard {
    const before = [...this.all].find(
      (heard) => heard.key === key && (heard.line === line || this.hasMoved(heard, time)),
    );
    if (before) {
      before.line = line;
      count(before, sequence, time);
      return before;
    }
    if (this.all.size >= mostRemembered) this.forgetQuietest();
    const heard: Heard = { key, line, sequence, frames: 1, lost: 0, lastSeen: time };
    this.all.add(heard);
    return heard;
  }

  private hasMoved({ line, lastSeen }: Heard, time: number): boolean {
    return this.ended.has(line) || time - lastSeen >= movedAfterMs;
  }

  private forgetQuietest(): void {
    const [quietest] = [...this.all].sort((a, b) => a.lastSeen - b.lastSeen);
    if (!quietest) return;
    this.all.delete(quietest);
    quietest.line = forgotten;
  }
}

/** Where those are that are not remembered any more: the next frame meets them anew. */
const forgotten: LineOfVehicles = {
  address: '',
  isHeard: false,
  note: () => undefined,
  has: () => false,
  end: () => undefined,
};

const count = (heard: Heard, sequence: number, time: number): void => {
  const ahead = (sequence - heard.sequence) & 0xff;
  heard.frames += 1;
  heard.lastSeen = time;
  if (ahead === 0) return;
  // it was counted as lost when a later one overtook it
  if (256 - ahead <= mostOvertaken) return void (heard.lost = Math.max(0, heard.lost - 1));
  const isRestarted = sequence < mostFirst && ahead > mostGap;
  if (ahead <= mostAhead && !isRestarted) heard.lost += ahead - 1;
  heard.sequence = sequence;
};
