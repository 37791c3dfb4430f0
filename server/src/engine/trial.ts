/** What stands ready where a component type is tried: all of it on this machine, and thrown away afterwards. */
export interface TrialGround {
  /** A port of the loopback to listen on. */
  readonly port: number;
  /** A file with lines of JSON, some of which are none. */
  readonly file: string;
  /** A file that is not there yet. */
  readonly newFile: string;
  /** Address of a WebSocket server. */
  readonly websocket: string;
  /** Address of a web service that takes everything, and answers with a list. */
  readonly http: string;
  /** Port of the loopback at which every line of TCP is taken. */
  readonly sink: number;
  /** Address of a broker of MQTT that takes everything. */
  readonly broker: string;
  /** Address of a NATS that takes everything. */
  readonly nats: string;
}

/** How a component type is tried by the conformance suite, where that cannot be guessed. */
export interface Trial {
  /**
   * Settings that harm nobody, beside the first example of each that must be given. Without it, a `port` is one of the loopback.
   * On ground that others have taken (a port in use, a folder in the place of a file) it must say why it cannot be opened.
   */
  config?(ground: TrialGround): Readonly<Record<string, unknown>>;
  /** Bytes that hold a message for an input; a line of JSON where nothing is said. */
  readonly useful?: Uint8Array;
  /** Whether an input makes its messages itself, so that nothing comes to it. */
  readonly makesItsOwn?: boolean;
  /** Who takes what an output that listens has to give: somebody on a plain TCP line where nothing is said. */
  readonly takenBy?: 'websocket';
  /** The least and the most messages that come out for one that goes in; exactly one where nothing is said. */
  readonly comesOut?: readonly [number, number];
}
