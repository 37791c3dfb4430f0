/** A message of a broker that wants an answer: when it is safe, and not before. */
export interface Owed {
  readonly messageId: number;
  readonly qos: 1 | 2;
  isSafe: boolean;
}

/**
 * What a broker is owed. Answers go out in the order in which messages came, as MQTT 5.0, section 4.6, asks. What is not answered on
 * one line comes again on the next. With QoS 2 a number stays taken until the broker lets it go: what comes again under it is the
 * same message.
 */
export class Acknowledgements {
  private queue: Owed[] = [];
  private readonly taken = new Map<number, Owed>();

  /** @param answer sends PUBACK or PUBREC */
  constructor(private readonly answer: (owed: Owed) => void) {}

  /** How many answers are. */
  get owed(): number {
    return this.queue.length;
  }

  /** A message has come. Returns what is owed for it; undefined where it is here already. */
  came(messageId: number, qos: 1 | 2): Owed | undefined {
    const known = this.taken.get(messageId);
    const owed = known && qos === 2 ? known : { messageId, qos, isSafe: false };
    if (qos === 2) this.taken.set(messageId, owed);
    this.queue.push(owed);
    this.flush();
    return owed === known ? undefined : owed;
  }

  safe(owed: Owed): void {
    owed.isSafe = true;
    this.flush();
  }

  /** The broker has let a number go: PUBREL. */
  released(messageId: number): void {
    this.taken.delete(messageId);
  }

  /** The line is gone; what is owed for it is owed no more. */
  lineEnded(): void {
    this.queue = [];
  }

  /** The broker has forgotten all, so the numbers are free. */
  sessionEnded(): void {
    this.taken.clear();
  }

  private flush(): void {
    let count = 0;
    while (this.queue[count]?.isSafe) this.answer(this.queue[count++]!);
    if (count > 0) this.queue.splice(0, count);
  }
}
