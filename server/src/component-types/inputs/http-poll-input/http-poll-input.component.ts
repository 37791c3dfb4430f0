import { KeptFile } from '../../../component-kit/files/kept-file.ts';
import { HttpClient, NoAnswer } from '../../../component-kit/http/http-client.ts';
import { readTlsFiles } from '../../../component-kit/network/tls-files.ts';
import { dueTimes } from '../../../component-kit/schedule/due-times.ts';
import { backOff } from '../../../engine/back-off.ts';
import { implement } from '../../../engine/component.ts';
import { sentenceOf } from '../../../engine/fault.ts';
import { isAbort } from '../../../engine/is-aborted.ts';
import { hideInAddresses } from '../../../engine/without-secrets.ts';
import { httpPollInputDefinition } from './http-poll-input.definition.ts';
import { BadAnswer, type Page } from './page.ts';
import { poll, Unanswered } from './poll.ts';
import { type Record, Remembered } from './remembered.ts';

/** The first and the longest wait after a poll that did not work, in milliseconds; never longer than its interval. */
const firstWaitMs = 1000;
const longestWaitMs = 300_000;

export const httpPollInput = implement(httpPollInputDefinition, ({ config, io, emit }) => {
  const kept = new KeptFile(io);
  const shown = hideInAddresses(config.url);
  const longest =
    config.when === 'every' ? Math.min(longestWaitMs, Math.max(config.every, firstWaitMs)) : longestWaitMs;
  let client: HttpClient | undefined;
  let remembered = new Remembered(config, undefined);
  let running: Promise<void> = Promise.resolve();
  let [polls, same] = [0, 0];
  let isKept = true;

  const take = async ({ records }: Page, placeOfFirst: number): Promise<number> => {
    const fresh: Record[] = [];
    for (const [index, record] of records.entries()) {
      if ('invalid' in record) await io.keepInvalid(record.invalid, record.raw);
      else
        try {
          const one = remembered.fresh(record.payload, placeOfFirst + index);
          if (one) fresh.push(one);
          else same += 1;
        } catch (thrown) {
          await io.keepInvalid(sentenceOf(thrown), record.payload);
        }
    }
    if (fresh.length > 0) await emit(fresh.map(({ payload }) => io.message(payload)));
    remembered.noteAll(fresh);
    return records.length;
  };

  const pollOnce = async (): Promise<void> => {
    let taken = 0;
    polls += 1;
    try {
      for await (const page of poll(config, { client: client!, remembered, signal: io.signal }))
        taken += await take(page, taken);
      io.report('running', `Asks ${shown}`);
    } finally {
      // what is safe is remembered whatever comes after it
      if (taken > 0) await keep();
    }
  };

  /** Where the disk does not take it, it is known until the next start, which takes again what came since. */
  const keep = async (): Promise<void> => {
    try {
      await kept.write(remembered.memory);
      isKept = true;
    } catch (thrown) {
      if (isKept) io.report('running', `what was taken cannot be remembered: ${sentenceOf(thrown)}`);
      isKept = false;
    }
  };

  /** Tries until it works. */
  const pollPatiently = async (): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await pollOnce();
      } catch (thrown) {
        if (!(thrown instanceof NoAnswer || thrown instanceof Unanswered || thrown instanceof BadAnswer)) throw thrown;
        const place = thrown instanceof Unanswered ? '' : `${shown}: `;
        io.report('waiting', `${place}${thrown.message}; asked again`);
        const askedMs = thrown instanceof Unanswered ? thrown.afterMs : 0;
        await io.wait(Math.max(askedMs, backOff(tries, io.random(), longest, firstWaitMs)));
      }
    }
  };

  const run = async (): Promise<void> => {
    const times = dueTimes(config, io);
    while (await times.next()) await pollPatiently();
    io.report('running', 'No further time comes');
  };

  return {
    async open() {
      client = new HttpClient(readTlsFiles(config));
      remembered = new Remembered(config, await kept.read());
      running = run().catch((thrown: unknown) => {
        if (!isAbort(thrown)) io.fail(thrown as Error);
      });
    },
    async close() {
      await running;
      client?.close();
    },
    facts: () => ({ polls, ...(config.only !== 'all' && { left_out: same, remembered: remembered.count }) }),
  };
});
