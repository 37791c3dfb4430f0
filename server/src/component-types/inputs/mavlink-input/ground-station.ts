import type { Facts } from '../../../engine/component.ts';
import type { Frame } from '../../../component-kit/mavlink/frames.ts';
import type { FrameWriter } from '../../../component-kit/mavlink/frame-writer.ts';
import type { Peer } from '../../../component-kit/mavlink/stations.ts';
import { type LineOfVehicles } from '../../../component-kit/mavlink/vehicles.ts';

/** What is asked for: a message so many times a second. */
export interface Rate {
  readonly message: string;
  /** Its id. */
  readonly id: number;
  readonly perSecond: number;
}

export interface GroundStationOptions {
  readonly writer: FrameWriter;
  readonly rates: readonly Rate[];
  /** So many times a second all streams are asked for, as older vehicles know it; 0 asks for none. */
  readonly streamRate: number;
  readonly peers: () => Iterable<Peer>;
  /** Speaks to whom nobody has heard yet. */
  readonly announce: ((frame: Uint8Array) => void) | undefined;
  readonly read: (frame: Readonly<Frame>) => Readonly<Record<string, unknown>>;
  /** Who speaks. */
  readonly system: number;
  readonly told: (sentence: string) => void;
}

const beatMs = 1000;
/** A vehicle has so long to answer, in milliseconds, and is asked so often. */
const answerMs = 1500;
const mostTries = 3;
/** So many vehicles are asked; further ones get heartbeats alone. */
const mostVehicles = 64;
/** One that was quiet for so long may have been restarted, and is asked again, in milliseconds. */
const restartedMs = 10_000;

const heartbeat = 0;
const commandAck = 77;
const gcs = 6;
const noAutopilot = 8;
const setMessageInterval = 511;

/** A vehicle that is asked, one question after another, since an answer does not say to which it belongs. */
interface Asked {
  readonly line: LineOfVehicles;
  readonly system: number;
  readonly component: number;
  waiting: Rate[];
  present: Rate | undefined;
  tries: number;
  timer: NodeJS.Timeout | undefined;
  lastBeat: number;
  readonly answers: Map<string, string>;
}

/** Speaks as a ground station does: a heartbeat each second, and asks vehicles for messages. */
export class GroundStation {
  private readonly asked = new Map<string, Asked>();
  private timer: NodeJS.Timeout | undefined;
  private beats = 0;

  constructor(private readonly options: GroundStationOptions) {}

  begin(): void {
    this.beat();
    this.timer = setInterval(() => this.beat(), beatMs);
  }

  end(): void {
    clearInterval(this.timer);
    for (const { timer } of this.asked.values()) clearTimeout(timer);
  }

  /** Hears heartbeats and answers. */
  heard(frame: Readonly<Frame>, line: LineOfVehicles): void {
    if (frame.messageId === heartbeat) this.meet(frame, line);
    else if (frame.messageId === commandAck) this.answer(frame, line);
  }

  facts(): Facts {
    return {
      heartbeats: this.beats,
      answers: Object.fromEntries(
        [...this.asked.values()].map(({ system, component, answers }) => [
          `${system}:${component}`,
          Object.fromEntries(answers),
        ]),
      ),
    };
  }

  private beat(): void {
    const frameFor = this.options.writer.prepare({
      message: 'HEARTBEAT',
      type: 'GCS',
      autopilot: 'INVALID',
      system_status: 'ACTIVE',
      mavlink_version: 3,
    });
    let isHeard = false;
    for (const peer of this.options.peers()) isHeard = peer.send(frameFor(peer.address)) || isHeard;
    if (!isHeard) this.options.announce?.(frameFor(''));
    this.beats += 1;
  }

  /** A vehicle lives: it is asked, once, and anew when it may have been restarted. */
  private meet(frame: Readonly<Frame>, line: LineOfVehicles): void {
    const { rates, streamRate, read } = this.options;
    if (rates.length === 0 && streamRate === 0) return;
    const { type, autopilot } = read(frame);
    if (type === gcs || autopilot === noAutopilot) return;
    const { system, component } = frame;
    const key = `${system}:${component} at ${line.address}`;
    const now = performance.now();
    const known = this.asked.get(key);
    if (known) {
      const wasQuiet = now - known.lastBeat > restartedMs;
      known.lastBeat = now;
      if (wasQuiet) this.ask(known);
      return;
    }
    if (this.asked.size >= mostVehicles) return;
    const met: Asked = {
      line,
      system,
      component,
      waiting: [],
      present: undefined,
      tries: 0,
      timer: undefined,
      lastBeat: now,
      answers: new Map(),
    };
    this.asked.set(key, met);
    this.ask(met);
  }

  private ask(vehicle: Asked): void {
    const { rates, streamRate } = this.options;
    if (streamRate > 0)
      this.speak(vehicle, {
        message: 'REQUEST_DATA_STREAM',
        req_stream_id: 0,
        req_message_rate: streamRate,
        start_stop: 1,
      });
    vehicle.waiting = [...rates];
    this.askNext(vehicle);
  }

  private askNext(vehicle: Asked): void {
    clearTimeout(vehicle.timer);
    vehicle.present = vehicle.waiting.shift();
    vehicle.tries = 0;
    if (vehicle.present) this.askOnce(vehicle, vehicle.present);
  }

  private askOnce(vehicle: Asked, rate: Rate): void {
    if (vehicle.tries >= mostTries) return this.note(vehicle, rate, 'no answer');
    vehicle.tries += 1;
    vehicle.answers.set(rate.message, 'asked');
    this.speak(vehicle, {
      message: 'COMMAND_LONG',
      command: setMessageInterval,
      confirmation: vehicle.tries - 1,
      param1: rate.id,
      param2: Math.round(1e6 / rate.perSecond),
    });
    vehicle.timer = setTimeout(() => this.askOnce(vehicle, rate), answerMs);
  }

  private answer(frame: Readonly<Frame>, line: LineOfVehicles): void {
    const vehicle = this.asked.get(`${frame.system}:${frame.component} at ${line.address}`);
    if (!vehicle?.present) return;
    const { command, result, result_name: name, target_system: target } = this.options.read(frame);
    const isOurs = target === 0 || target === this.options.system;
    if (command === setMessageInterval && isOurs)
      this.note(vehicle, vehicle.present, typeof name === 'string' ? name : String(result));
  }

  private note(vehicle: Asked, { message, perSecond }: Rate, answer: string): void {
    vehicle.answers.set(message, answer);
    if (answer !== 'ACCEPTED')
      this.options.told(`vehicle ${vehicle.system} does not send ${message} ${perSecond} times a second: ${answer}`);
    this.askNext(vehicle);
  }

  private speak({ line, system, component }: Asked, payload: Readonly<Record<string, unknown>>): void {
    const frameFor = this.options.writer.prepare({ ...payload, target_system: system, target_component: component });
    for (const peer of this.options.peers()) if (peer.vehicles === line) peer.send(frameFor(peer.address));
  }
}
