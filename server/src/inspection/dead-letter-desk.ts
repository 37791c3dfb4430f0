import { Injectable } from '@nestjs/common';
import type { DeadLetter, Resent } from '@semstreams/contract';
import { FatalFault } from '../engine/fault.ts';
import { Drafts } from '../flows/drafts.ts';
import type { DeadLetters } from '../nats/dead-letters/dead-letters.ts';
import type { LetterChoice, LetterPage } from '../nats/dead-letters/letter-page.ts';
import { Streams } from '../nats/streams.ts';
import { notFound } from '../web/problems.ts';
import { Supervisor } from '../supervision/supervisor.ts';

/** How many are sent again by one call at most, and how long it goes on to begin with another one, in milliseconds. */
const mostAtOnce = 1000;
const longestMs = 10_000;

/** What people do with dead letters: look, send again, throw away. */
@Injectable()
export class DeadLetterDesk {
  constructor(
    private readonly streams: Streams,
    private readonly drafts: Drafts,
    private readonly supervisor: Supervisor,
  ) {}

  async page(flow: string, choice: LetterChoice): Promise<LetterPage> {
    return (await this.lettersOf(flow)).page(choice);
  }

  async get(flow: string, sequence: number): Promise<DeadLetter> {
    const letter = await (await this.lettersOf(flow)).get(sequence);
    if (!letter) throw notFound(`the flow "${flow}" has no dead letter ${sequence}`);
    return letter;
  }

  /** Hands them to the port where they failed, oldest first; what fails there again is a new dead letter. */
  async resend(flow: string, sequences?: readonly number[]): Promise<Resent> {
    const letters = await this.lettersOf(flow);
    const chosen = sequences ?? (await letters.sequences(mostAtOnce));
    const failed: Resent['failed'] = [];
    const deadline = performance.now() + longestMs;
    let tried = 0;
    for (const sequence of [...chosen].sort((a, b) => a - b)) {
      if (performance.now() > deadline) break;
      tried += 1;
      const sentence = await this.resendOne(flow, letters, sequence);
      if (sentence !== undefined) failed.push({ sequence, sentence });
    }
    this.supervisor.deadLettersChanged(flow);
    return { resent: tried - failed.length, failed, left: chosen.length - tried };
  }

  async remove(flow: string, sequence: number): Promise<void> {
    if (!(await (await this.lettersOf(flow)).remove(sequence)))
      throw notFound(`the flow "${flow}" has no dead letter ${sequence}`);
    this.supervisor.deadLettersChanged(flow);
  }

  async removeAll(flow: string): Promise<number> {
    const count = await (await this.lettersOf(flow)).removeAll();
    this.supervisor.deadLettersChanged(flow);
    return count;
  }

  /** Why it could not be sent again, if so. */
  private async resendOne(flow: string, letters: DeadLetters, sequence: number): Promise<string | undefined> {
    const letter = await letters.read(sequence);
    if (!letter) return 'there is no such dead letter';
    if (letter.port === undefined) return 'it came in raw and never was a message: there is no port to send it to';
    if (letter.kind !== 'json') return 'its payload is not kept whole';
    try {
      await this.supervisor.inject(flow, letter.component, letter.port, [letter.payload]);
    } catch (thrown) {
      if (thrown instanceof FatalFault) return thrown.message;
      throw thrown;
    }
    await letters.remove(sequence);
    return undefined;
  }

  private async lettersOf(flow: string): Promise<DeadLetters> {
    if (!this.supervisor.status(flow) && !(await this.drafts.look(flow))) throw notFound(`there is no flow "${flow}"`);
    return this.streams.deadLetters(flow);
  }
}
