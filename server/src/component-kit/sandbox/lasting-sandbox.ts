import { takingTurns } from '../../engine/turns.ts';
import { Sandbox, type SandboxOptions, Thrown } from './sandbox.ts';

/** A sandbox that is made anew after it was left in disorder: without memory, with work that never ends, or broken. */
export class LastingSandbox {
  private sandbox: Sandbox | undefined;
  private readonly pause = takingTurns();

  /** `renewed` is called for each one that is made. */
  constructor(
    private readonly options: SandboxOptions,
    private readonly renewed: () => void = () => undefined,
  ) {}

  /** Rejects with `Thrown` where its programs cannot be run. */
  async open(): Promise<void> {
    this.sandbox = await Sandbox.open(this.options);
    this.renewed();
  }

  close(): void {
    this.sandbox = undefined;
  }

  /**
   * Hands the JSON of `given` in and what is made of it to `take`; a promise where others are to have their turn before. Throws `Thrown`.
   */
  run<Result>(given: () => string, take: (made: string) => Result): Result | Promise<Result> {
    const wait = this.pause();
    if (this.sandbox && !wait) return take(this.try(this.sandbox, given()));
    return this.later(wait, given, take);
  }

  private async later<Result>(
    wait: Promise<void> | undefined,
    given: () => string,
    take: (made: string) => Result,
  ): Promise<Result> {
    await wait;
    if (!this.sandbox) await this.open();
    return take(this.try(this.sandbox!, given()));
  }

  private try(sandbox: Sandbox, json: string): string {
    try {
      return sandbox.run(json);
    } catch (thrown) {
      if (!(thrown instanceof Thrown) || thrown.isOutOfMemory || sandbox.isBroken || sandbox.isBusy) this.close();
      throw thrown instanceof Thrown ? thrown : new Thrown('its sandbox has broken down, and is made anew', '', thrown);
    }
  }
}
