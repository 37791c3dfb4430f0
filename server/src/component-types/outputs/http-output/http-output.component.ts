import { gzipSync } from 'node:zlib';
import type { OutgoingHttpHeaders } from 'node:http';
import { askHeaders } from '../../../component-kit/http/ask-settings.ts';
import { type Answer, HttpClient, NoAnswer } from '../../../component-kit/http/http-client.ts';
import { sentHeader, writeSent } from '../../../component-kit/http/sent-positions.ts';
import { compileUrl } from '../../../component-kit/http/url-template.ts';
import { afterGrace } from '../../../component-kit/network/grace.ts';
import { readTlsFiles } from '../../../component-kit/network/tls-files.ts';
import { implement } from '../../../engine/component.ts';
import { InvalidMessage, SomeFailed, TransientFault } from '../../../engine/fault.ts';
import type { Batch, Message } from '../../../engine/message.ts';
import { hideInAddresses } from '../../../engine/without-secrets.ts';
import { httpOutputDefinition } from './http-output.definition.ts';
import { bodyOf, type Group, inGroups, typeOfBody } from './requests.ts';
import { requestKeys } from './request-keys.ts';
import { verdictOf, verdictsOf } from './verdict.ts';

/** What is read of an answer, in bytes: its beginning, or all of it where it answers for each message. */
const beginningBytes = 4 * 1024;
const answersBytes = 4 * 1024 ** 2;

type Failed = Map<number, InvalidMessage | TransientFault>;

export const httpOutput = implement(httpOutputDefinition, ({ config, io }) => {
  const { url, method, timeout, most_tries: mostTries, key_header: keyHeader } = config;
  const template = compileUrl(url);
  const keyOf = requestKeys(`${io.instance.slice(0, 8)}-${io.now().toString(36)}`);
  const answersForEach = config.answers !== '' && config.format !== 'json';
  const tries = mostTries === 0 ? undefined : mostTries;
  const always: OutgoingHttpHeaders = { ...askHeaders(config), 'user-agent': 'SemStreams' };
  const ending = afterGrace(io.signal);
  let client: HttpClient | undefined;
  let [requests, lastStatus] = [0, 0];

  const headersOf = ({ messages }: Group, body: Buffer | undefined): OutgoingHttpHeaders => {
    const sent = writeSent(messages.map(({ position }) => position && { run: position.source, ...position }));
    return {
      ...always,
      ...(body && { 'content-type': typeOfBody(config) }),
      ...(body && config.compression === 'gzip' && { 'content-encoding': 'gzip' }),
      ...(sent !== '' && { [sentHeader]: sent }),
      ...(keyHeader !== '' && { [keyHeader]: keyOf(messages) }),
    };
  };

  const ask = async (group: Group): Promise<Answer> => {
    const body = bodyOf(group, config);
    requests += 1;
    return client!.ask({
      method,
      url: group.url,
      headers: headersOf(group, body),
      ...(body && { body: config.compression === 'gzip' ? gzipSync(body) : body }),
      withinMs: timeout,
      mostBytes: answersForEach ? answersBytes : beginningBytes,
      signal: ending,
    });
  };

  /** Sends a group, and notes what of it did not work, and why. False where the rest has to wait. */
  const send = async (group: Group, failed: Failed): Promise<boolean> => {
    const { messages, at } = group;
    const answer = await ask(group).catch((thrown: unknown) => {
      if (!(thrown instanceof NoAnswer)) throw thrown;
      return new TransientFault(`${hideInAddresses(group.url.origin)}: ${thrown.message}`, tries ? { tries } : {});
    });
    if (!(answer instanceof TransientFault)) lastStatus = answer.status;
    const verdict =
      answer instanceof TransientFault ? answer : verdictOf(answer, { url: group.url, now: io.now(), tries });
    if (verdict instanceof TransientFault) {
      failed.set(at, verdict);
      return false;
    }
    if (verdict && messages.length > 1) return halve(group, failed);
    if (verdict) failed.set(at, verdict);
    else if (answersForEach) noteEach(answer as Answer, group, failed);
    return true;
  };

  /** Of several that were refused together it is not known which one it was. */
  const halve = async ({ url: to, messages, at }: Group, failed: Failed): Promise<boolean> => {
    const half = messages.length >> 1;
    return (
      (await send({ url: to, messages: messages.slice(0, half), at }, failed)) &&
      send({ url: to, messages: messages.slice(half), at: at + half }, failed)
    );
  };

  const noteEach = (answer: Answer, { messages, at }: Group, failed: Failed): void => {
    const each = verdictsOf(answer, messages.length, { list: config.answers, status: config.answer_status, tries });
    if (each instanceof InvalidMessage) messages.forEach((_, index) => failed.set(at + index, each));
    else for (const [index, verdict] of each) failed.set(at + index, verdict);
  };

  /** The messages that have an address, and can be written; others are noted. */
  const place = (batch: Batch, failed: Failed) =>
    batch.flatMap((message: Message, at) => {
      try {
        return [{ url: template.of(message), message, size: message.json.length, at }];
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
      const groups = inGroups(place(batch, failed), config);
      let first: TransientFault | undefined;
      for (const group of groups) {
        if (!first) {
          if (await send(group, failed)) continue;
          first = [...failed.values()].findLast((each) => each instanceof TransientFault)!;
        }
        // what comes after waits with it, so that the order stays
        const [from] = [...failed].find(([, each]) => each === first)!;
        group.messages.forEach((_, index) => {
          if (group.at + index >= from && !failed.has(group.at + index)) failed.set(group.at + index, first!);
        });
      }
      if (failed.size === 0) return;
      if (failed.size === batch.length && first && [...failed.values()].every((each) => each === first)) throw first;
      throw new SomeFailed(failed);
    },
    close: () => client?.close(),
    facts: () => ({ requests, ...(lastStatus > 0 && { last_status: lastStatus }) }),
  };
});
