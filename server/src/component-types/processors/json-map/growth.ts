import { InvalidMessage } from '../../../engine/fault.ts';
import { limits } from '../../../engine/limits.ts';

/** What is said of a message that grows beyond what it may. */
export const tooMuchGrowth = (): InvalidMessage =>
  new InvalidMessage(`the steps make it grow by more than the ${limits.growth / 1024 ** 2} MB that they may add`);

/** What the steps add to one message, in bytes, about. */
export class Growth {
  bytes = 0;

  /** Throws an InvalidMessage where the message has grown by more than it may. */
  add(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > limits.growth) throw tooMuchGrowth();
  }

  /** What stands in two places counts twice: as JSON it is written twice. */
  addCopyOf(value: unknown): void {
    if (typeof value === 'string') this.add(value.length);
    else if (typeof value !== 'object' || value === null) this.add(scalarBytes);
    else
      for (const name in value) {
        this.add(name.length);
        this.addCopyOf((value as Readonly<Record<string, unknown>>)[name]);
      }
  }
}

const scalarBytes = 8;

/** What a value from the settings adds to every message. */
export const bytesOfSetting = (field: string, value: unknown): number => field.length + JSON.stringify(value).length;
