import { Injectable } from '@nestjs/common';
import { type Finding, validationSteps } from '@semstreams/contract';
import { Catalogue } from '../component-kit/catalogue.ts';
import { Settings } from '../config/settings.ts';
import { secretFindings } from './secret-findings.ts';
import { HttpProblem } from '../web/problems.ts';

/** How long the server works on one document before others have their turn, in milliseconds. */
const turnMs = 8;
/** How much work one document may make, in milliseconds of the processor: a busy machine makes no document wrong. */
const mostWorkMs = 5000;
/** How many documents may be checked at the same time. */
const mostUnderWay = 100;

interface UnderWay {
  readonly steps: Generator<undefined, Finding[], void>;
  worked: number;
  readonly done: (findings: Finding[]) => void;
  readonly failed: (thrown: unknown) => void;
}

/** Finds what is wrong with a flow, with all component types that this server knows. Documents take turns, and so does all else. */
@Injectable()
export class Checker {
  private readonly underWay: UnderWay[] = [];

  constructor(
    private readonly catalogue: Catalogue,
    private readonly settings: Settings,
  ) {}

  /** Rejects with a problem where too many documents are under way already. */
  async check(document: unknown): Promise<Finding[]> {
    if (this.underWay.length >= mostUnderWay)
      throw new HttpProblem(503, 'too many flows are being checked at the same time; try again in a moment');
    const steps = validationSteps(document, this.catalogue.checkedTypes());
    const found = await this.take(steps);
    if (excessIn(found)) return found;
    const { secrets, secrets_dir } = this.settings.values;
    const there = { environment: process.env, listed: secrets.variables, folder: secrets_dir };
    return [...found, ...(await secretFindings(document, there))];
  }

  private async take(steps: UnderWay['steps']): Promise<Finding[]> {
    return new Promise((done, failed) => {
      this.underWay.push({ steps, worked: 0, done, failed });
      if (this.underWay.length === 1) setImmediate(() => this.nextTurn());
    });
  }

  private nextTurn(): void {
    const [first] = this.underWay;
    if (!first) return;
    const isFinished = takeTurn(first);
    this.underWay.shift();
    if (!isFinished) this.underWay.push(first);
    if (this.underWay.length > 0) setImmediate(() => this.nextTurn());
  }
}

/** Whether it came to an end. */
const takeTurn = (one: UnderWay): boolean => {
  const start = performance.now();
  const before = process.cpuUsage();
  try {
    for (let taken = 0; taken < turnMs; taken = performance.now() - start) {
      const { done, value } = one.steps.next();
      if (!done) continue;
      one.done(value);
      return true;
    }
  } catch (thrown) {
    one.failed(thrown);
    return true;
  }
  const { user, system } = process.cpuUsage(before);
  one.worked += Math.min(performance.now() - start, (user + system) / 1000);
  if (one.worked < mostWorkMs) return false;
  one.done([tooLong]);
  return true;
};

/** A document that is too large to be looked through. */
const excessIn = (findings: readonly Finding[]): boolean => findings.some(({ code }) => code === 'too_much');

const tooLong: Finding = {
  severity: 'error',
  code: 'too_much',
  place: '',
  sentence: 'it takes too long to check all that this flow holds',
  hint: 'use several flows, or simpler patterns',
};
