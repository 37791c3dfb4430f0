import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { numbersFlow } from './flows.ts';
import { figures, isLong, seed } from './form.ts';
import { Ledger } from './ledger.ts';
import { type Numbers, numbersBelow, sendNumbers } from './numbers.ts';
import { Product, type ProductOptions } from './product.ts';
import { randomFrom } from './random-from.ts';
import { until } from './until.ts';

export type Faults = Readonly<Record<string, () => Promise<unknown>>>;

/** Longest that a fault lasts, and that it is rested after one, in milliseconds. */
const lastsMs = isLong ? 3000 : 600;
const restsMs = isLong ? 4000 : 200;

/** Numbers that go through a running product to a ledger, and what is known of those that cannot arrive. */
export class Trial {
  readonly flow: ReturnType<typeof numbersFlow>;
  /** Numbers that are known to be lost, since the product has counted them by name. */
  readonly counted = new Set<number>();
  readonly done: string[] = [];

  private constructor(
    public product: Product,
    readonly ledger: Ledger,
    readonly numbers: Numbers,
    readonly random: () => number,
  ) {
    this.flow = numbersFlow({ port: ledger.port });
  }

  static async begun(options: ProductOptions = {}): Promise<Trial> {
    const ledger = await Ledger.open();
    const settings = { SEMSTREAMS_LANES_MOST_UNCLEAN_ENDS: '1000', ...options.settings };
    const product = await Product.started({ ...options, settings });
    await product.deploy(numbersFlow({ port: ledger.port }));
    const numbers = sendNumbers({ product, flow: 'numbers', to: Infinity, batch: 100, perSecond: 2000 });
    return new Trial(product, ledger, numbers, randomFrom(seed));
  }

  /** A part of the longest time that a fault lasts. */
  async while(): Promise<void> {
    await sleep(this.random() * lastsMs);
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[Math.floor(this.random() * values.length)]!;
  }

  /** Numbers that were acknowledged, have not arrived, and are not known to be lost. */
  missing(): number[] {
    const { ledger, counted } = this;
    return [...numbersBelow(this.numbers.acknowledged)].filter((number) => !ledger.has(number) && !counted.has(number));
  }

  /** Nothing is sent, and what was has arrived. */
  async rest(): Promise<void> {
    await this.numbers.pause();
    await until('what was sent has arrived', () => this.missing().length === 0).catch(async (thrown: unknown) => {
      throw new Error(`${String(thrown)}: ${await this.missed()}`, { cause: thrown });
    });
  }

  /** While nothing is sent, some thousand numbers wait in the buffer, and nothing of them has been handed over. */
  async withWaiting(work: () => Promise<void>): Promise<void> {
    await this.rest();
    await this.ledger.goAway();
    const before = this.numbers.acknowledged;
    const wanted = Math.floor(this.random() * 4000);
    this.numbers.resume();
    await until('some wait', () => this.numbers.acknowledged > before + wanted);
    await this.numbers.pause();
    await work();
    await this.ledger.comeBack();
  }

  /**
   * One fault after the other for so long, each once before one comes again; after each the flow must go on by itself. In
   * the end each number has arrived, or was counted.
   */
  async go(title: string, faults: Faults, forMs: number): Promise<void> {
    const { product, numbers, done } = this;
    const end = performance.now() + forMs;
    while (performance.now() < end) {
      for (const name of shuffled(Object.keys(faults), this.random)) {
        const began = performance.now();
        if (began > end) break;
        done.push(name);
        await faults[name]!().catch((thrown: unknown) => {
          throw new Error(this.told(thrown), { cause: thrown });
        });
        numbers.resume();
        await sleep(this.random() * restsMs);
        const before = numbers.acknowledged;
        await until('numbers are acknowledged', () => numbers.acknowledged > before).catch(async (thrown: unknown) => {
          throw new Error(`${this.told(thrown)}; ${JSON.stringify(await product.status('numbers').catch(String))}`);
        });
        done[done.length - 1] = `${name} (${Math.round((performance.now() - began) / 100) / 10} s)`;
      }
    }
    numbers.stop();
    await numbers.done;
    await until('all have arrived', () => this.missing().length === 0, 120_000).catch(() => undefined);
    const account = this.ledger.account(numbersBelow(numbers.acknowledged));
    const lost = this.missing().length;
    const counted = this.counted.size;
    if (!isLong) console.log(done.join(', '));
    figures(title, { seed, faults: done.length, sent: numbers.acknowledged, ...account, lost, counted });
    const after = `${done.join(', ')}${lost > 0 ? `: ${await this.missed()}` : ''}`;
    expect({ lost, disorder: account.disorder }, after).toEqual({ lost: 0, disorder: 0 });
  }

  /** What is missing, and what the flow says of itself. */
  private async missed(): Promise<string> {
    const missing = this.missing();
    const ranges: string[] = [];
    for (let at = 0; at < missing.length;) {
      let end = at;
      while (missing[end + 1] === missing[end]! + 1) end += 1;
      ranges.push(`${missing[at]} to ${missing[end]}`);
      at = end + 1;
    }
    const status = await this.product.status('numbers').catch(String);
    return `of ${this.numbers.acknowledged} are missing ${ranges.slice(0, 10).join(', ')}; ${JSON.stringify(status)}`;
  }

  private told(thrown: unknown): string {
    return `after ${this.done.slice(-8).join(', ')}: ${String(thrown)}`;
  }
}

const shuffled = <Value>(values: readonly Value[], random: () => number): Value[] =>
  values
    .map((value) => ({ value, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ value }) => value);
