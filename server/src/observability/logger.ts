import { Writable } from 'node:stream';
import type { LoggerService } from '@nestjs/common';
import type { LogLevel } from '@semstreams/contract';
import { type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import pretty from 'pino-pretty';
import type { SettingsValues } from '../config/settings.schema.ts';
import { hideIn, hideInAddresses } from '../engine/without-secrets.ts';
import { standardError, standardOutput } from '../machine/outlet.ts';
import { FloodGate } from './flood-gate.ts';
import { logBook } from './log-book.ts';

type Fields = Readonly<Record<string, unknown>> & { readonly msg?: string };

/** Names of Nest's own parts: what they say at start is of no use to operators. */
const chatter = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication']);

/**
 * Of one line with the same flow and component so many are taken in a minute, and of one that differs in these alone so many
 * are written; the rest is one line with their number.
 */
const mostAlike = 20;
const mostOfKind = 200;
/** How often it is looked whether lines that were held back are due, in milliseconds. */
const dueMs = 5000;

const note = (level: LogLevel, sentence: string, { part, flow, component, ...fields }: Fields): void =>
  logBook.add({
    time: new Date().toISOString(),
    level,
    sentence,
    ...(typeof part === 'string' ? { part } : {}),
    ...(typeof flow === 'string' ? { flow } : {}),
    ...(typeof component === 'string' ? { component } : {}),
    fields,
  });

export type Log = LoggerService & {
  /** From now on, the least that is logged. */
  setLevel(level: SettingsValues['log_level']): void;
};

/** Whether the log is for people, and not one JSON object a line. */
export const isForPeople = (format: SettingsValues['log_format']): boolean =>
  format === 'pretty' || (format === 'auto' && process.stdout.isTTY);

/** Logs by pino: a constant sentence and fields, JSON or for people. The last lines are remembered in the log book. */
export const createLogger = ({ log_level, log_format }: Pick<SettingsValues, 'log_level' | 'log_format'>): Log => {
  const isPretty = isForPeople(log_format);
  const options: LoggerOptions = {
    level: log_level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
  const log = isPretty
    ? pino(
        options,
        pretty({
          colorize: process.stdout.isTTY,
          ignore: 'pid,hostname',
          translateTime: 'SYS:HH:MM:ss',
          destination: toOutput(),
        }),
      )
    : pino(options, standardOutput);
  const alike = new FloodGate(mostAlike);
  const ofKind = new FloodGate(mostOfKind);
  setInterval(() => {
    alike.due(performance.now());
    ofKind.due(performance.now());
  }, dueMs).unref();
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...rest: unknown[]) => {
      const part = rest.at(-1);
      if (typeof part === 'string' && chatter.has(part) && level === 'info') return;
      const fields: Fields =
        typeof message === 'object' && message !== null ? { ...message } : { msg: String(message) };
      if (!log.isLevelEnabled(level)) return;
      const { msg = '', ...others } = hideIn(fields, hideInAddresses) as Fields;
      const kind = `${level} ${String(part)} ${msg}`;
      const now = performance.now();
      alike.pass(`${kind} ${String(others['flow'])} ${String(others['component'])}`, now, (times) => {
        const told = times === undefined ? others : { ...others, repeated: times };
        note(level === 'fatal' ? 'error' : level, msg, { part, ...told });
        ofKind.pass(kind, now, (lines) => {
          const more = lines === undefined ? told : { ...told, lines };
          log[level]({ ...(typeof part === 'string' ? { part } : {}), ...more }, msg);
        });
      });
    };
  const owner = {
    trouble: (reason: string) =>
      write('warn')({ msg: 'the log cannot be written: what comes is kept in memory', reason }),
    lost: (lines: number) =>
      write('warn')({ msg: 'lines of the log were let go while it could not be written', lines }),
  };
  standardOutput.owner = owner;
  standardError.owner = owner;
  return {
    verbose: write('debug'),
    debug: write('debug'),
    log: write('info'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
    setLevel: (level) => (log.level = level),
  };
};

const toOutput = (): Writable =>
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      standardOutput.write(chunk);
      done();
    },
  });
