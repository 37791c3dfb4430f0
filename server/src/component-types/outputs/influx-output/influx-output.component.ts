import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pointWriter } from '../../../component-kit/formats/line-protocol/point-of.ts';
import { HttpClient, NoAnswer } from '../../../component-kit/http/http-client.ts';
import { afterGrace } from '../../../component-kit/network/grace.ts';
import { readTlsFiles } from '../../../component-kit/network/tls-files.ts';
import { implement } from '../../../engine/component.ts';
import { InvalidMessage, SomeFailed, TransientFault } from '../../../engine/fault.ts';
import type { Batch } from '../../../engine/message.ts';
import { hideInAddresses } from '../../../engine/without-secrets.ts';
import { influxOutputDefinition } from './influx-output.definition.ts';
import { type Verdict, verdictOf } from './refused-lines.ts';
import { writeAddress, writeHeaders } from './write-address.ts';

const packed = promisify(gzip);

/** What is read of an answer, in bytes: version 3 names each line that it did not take. */
const mostAnswer = 4 * 1024 ** 2;

type Failed = Map<number, InvalidMessage | TransientFault>;

/** A message as a line, and its place in the batch. */
interface Line {
  readonly text: string;
  readonly at: number;
}

export const influxOutput = implement(influxOutputDefinition, ({ config, io }) => {
  const { batch: mostLines, batch_size: mostBytes, timeout, compression } = config;
  const lineOf = pointWriter(config);
  const url = writeAddress(config);
  const ending = afterGrace(io.signal);
  const headers = { ...writeHeaders(config), ...(compression === 'gzip' && { 'content-encoding': 'gzip' }) };
  let client: HttpClient | undefined;
  let [requests, points] = [0, 0];

  const ask = async (lines: readonly Line[]): Promise<Verdict> => {
    const texts = lines.map(({ text }) => text);
    const body = Buffer.from(texts.map((text) => `${text}\n`).join(''));
    requests += 1;
    try {
      const answer = await client!.ask({
        method: 'POST',
        url,
        headers,
        body: compression === 'gzip' ? await packed(body) : body,
        withinMs: timeout,
        mostBytes: mostAnswer,
        signal: ending,
      });
      return verdictOf(answer, { url, now: io.now(), lines: texts });
    } catch (thrown) {
      if (!(thrown instanceof NoAnswer)) throw thrown;
      return { kind: 'later', fault: new TransientFault(`${hideInAddresses(url.origin)}: ${thrown.message}`) };
    }
  };

  /**
   * Writes lines, and notes those that were refused. Where it is not known which one it was, each half is written again by
   * itself: a point that is written twice is there once. Returns the fault for which the rest has to wait.
   */
  const write = async (lines: readonly Line[], failed: Failed): Promise<TransientFault | undefined> => {
    const verdict = await ask(lines);
    switch (verdict.kind) {
      case 'written':
        points += lines.length;
        return undefined;
      case 'refused':
        points += lines.length - verdict.lines.size;
        for (const [index, fault] of verdict.lines) failed.set(lines[index]!.at, fault);
        return undefined;
      case 'unclear': {
        const half = lines.length >> 1;
        if (half > 0) return (await write(lines.slice(0, half), failed)) ?? write(lines.slice(half), failed);
        failed.set(lines[0]!.at, verdict.fault);
        return undefined;
      }
      case 'later':
        for (const { at } of lines) failed.set(at, verdict.fault);
        return verdict.fault;
    }
  };

  /** The messages that are points, as lines; others are noted. */
  const linesOf = (batch: Batch, failed: Failed): Line[] =>
    batch.flatMap((message, at) => {
      try {
        return [{ text: lineOf(message), at }];
      } catch (thrown) {
        if (!(thrown instanceof InvalidMessage)) throw thrown;
        failed.set(at, thrown);
        return [];
      }
    });

  return {
    open() {
      client = new HttpClient(readTlsFiles(config));
    },
    in: async (batch) => {
      const failed: Failed = new Map();
      let waits: TransientFault | undefined;
      for (const lines of inRequests(linesOf(batch, failed), mostLines, mostBytes)) {
        if (waits) for (const { at } of lines) failed.set(at, waits);
        else waits = await write(lines, failed);
      }
      if (failed.size === 0) return;
      if (waits && failed.size === batch.length && [...failed.values()].every((each) => each === waits)) throw waits;
      throw new SomeFailed(failed);
    },
    close: () => client?.close(),
    facts: () => ({ requests, points }),
  };
});

/** Lines in groups of at most so many, and so many bytes where one is not larger by itself. */
const inRequests = (lines: readonly Line[], mostLines: number, mostBytes: number): Line[][] => {
  const groups: Line[][] = [];
  let bytes = 0;
  for (const line of lines) {
    const open = groups.at(-1);
    if (open && open.length < mostLines && bytes + line.text.length <= mostBytes) {
      open.push(line);
      bytes += line.text.length;
    } else {
      groups.push([line]);
      bytes = line.text.length;
    }
  }
  return groups;
};
