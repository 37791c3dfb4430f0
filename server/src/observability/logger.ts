import type { LoggerService } from '@nestjs/common';
import type { LogLevel } from '@semstreams/contract';
import { pino } from 'pino';
import pretty from 'pino-pretty';
import type { SettingsValues } from '../config/settings.schema.ts';
import { logBook } from './log-book.ts';

type Fields = Readonly<Record<string, unknown>> & { readonly msg?: string };

/** Names of Nest's own parts: what they say at start is of no use to operators. */
const chatter = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication']);

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

/** Logs by pino: a constant sentence and fields, JSON or for people. The last lines are remembered in the log book. */
export const createLogger = ({ log_level, log_format }: Pick<SettingsValues, 'log_level' | 'log_format'>): Log => {
  const isPretty = log_format === 'pretty' || (log_format === 'auto' && process.stdout.isTTY);
  const options = { level: log_level, base: null };
  const log = isPretty
    ? pino(options, pretty({ colorize: process.stdout.isTTY, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' }))
    : pino(options);
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...rest: unknown[]) => {
      const part = rest.at(-1);
      if (typeof part === 'string' && chatter.has(part) && level === 'info') return;
      const fields: Fields =
        typeof message === 'object' && message !== null ? { ...message } : { msg: String(message) };
      const { msg, ...others } = fields;
      if (log.isLevelEnabled(level)) note(level === 'fatal' ? 'error' : level, msg ?? '', { part, ...others });
      log[level]({ ...(typeof part === 'string' ? { part } : {}), ...others }, msg ?? '');
    };
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
