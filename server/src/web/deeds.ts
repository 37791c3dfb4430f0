import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AuditNote } from '../access/audit.ts';

/** What a call did, where its name does not say all: what is left out is as for the call itself. */
export type Deed = Partial<Pick<AuditNote, 'who' | 'what' | 'flow' | 'outcome' | 'detail'>>;
/** Tells the audit of a deed. A call that tells none is noted by its name; one that tells some, by them alone. */
export type Tell = (deed: Deed) => void;

const told = new WeakMap<object, Deed[]>();

export const tellOf =
  (request: FastifyRequest): Tell =>
  (deed) =>
    void told.set(request.raw, [...(told.get(request.raw) ?? []), deed]);

export const deedsOf = (request: FastifyRequest): readonly Deed[] | undefined => told.get(request.raw);

/** How a handler tells the audit what it did. */
export const TellAudit = createParamDecorator((_: unknown, context: ExecutionContext) =>
  tellOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** The words of a difference, as the audit has them. */
export const inOneLine = (changes: readonly string[]): string =>
  changes.length === 0 ? 'nothing runs differently' : changes.join('; ');
