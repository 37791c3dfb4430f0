import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { type Finding, nearest } from '@semstreams/contract';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { HttpProblem } from './problems.ts';

/**
 * Refuses query parameters that a route does not know: one that was mistyped would otherwise change what is done without a
 * word. What a route knows is what its handler takes by `@Query`.
 */
@Injectable()
export class KnownQuery implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { query, url } = context.switchToHttp().getRequest<FastifyRequest>();
    refuseMalformed(url);
    refuseUnknown(query as object, queryOf(context.getClass(), context.getHandler().name));
    return true;
  }
}

/** What cannot be decoded would be looked for as it stands, and never found. */
const refuseMalformed = (url: string): void => {
  try {
    decodeURIComponent(url);
  } catch (cause) {
    throw new HttpProblem(400, 'the address is not percent-encoded as it should be', undefined, { cause });
  }
};

/** Throws a 400 problem that names each unknown parameter, and the known one that is nearest. */
export const refuseUnknown = (query: object, known: readonly string[]): void => {
  const unknown = Object.keys(query).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const findings = unknown.slice(0, mostNamed).map((name) => findingOf(name, known));
  const [{ sentence, hint }] = findings as [Finding];
  throw new HttpProblem(400, `${sentence}: ${hint}`, findings);
};

const mostNamed = 20;
const mostShown = 80;

const findingOf = (name: string, known: readonly string[]): Finding => {
  const place = name.slice(0, mostShown);
  const near = nearest(name, known);
  const all = known.length === 0 ? 'this address takes none' : `there are ${known.join(', ')}`;
  return {
    severity: 'error',
    code: 'unknown_parameter',
    place,
    sentence: `there is no query parameter "${place}" here`,
    hint: near === undefined ? all : `did you mean "${near}"?`,
  };
};

interface Argument {
  readonly data?: unknown;
  readonly schema?: unknown;
}

/** The query parameters that a handler of a controller takes. */
export const queryOf = (controller: object, handler: string): string[] => {
  const given = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler) ?? {}) as Record<string, Argument>;
  return Object.entries(given)
    .filter(([key]) => key.startsWith(`${RouteParamtypes.QUERY}:`))
    .flatMap(([, { data, schema }]) =>
      typeof data === 'string' ? [data] : schema instanceof z.ZodObject ? Object.keys(schema.shape as object) : [],
    );
};
