import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../access/principal.ts';
import { HttpProblem } from './problems.ts';

interface Noted {
  readonly principal: Principal;
  readonly isStill: () => boolean;
}

const askers = new WeakMap<object, Noted>();

/** Notes who asks, for `Asker`, `Agreement` and the audit, and how to tell whether they are still who they were. */
export const noteAsker = (request: FastifyRequest, principal: Principal, isStill: () => boolean): void =>
  void askers.set(request.raw, { principal, isStill });

export const askerOf = (request: FastifyRequest): Principal | undefined => askers.get(request.raw)?.principal;

/** Who asks; undefined where nobody has logged in, which only calls that need nothing are told. */
export const Asker = createParamDecorator((_: unknown, context: ExecutionContext) =>
  askerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** Throws a 401 problem where whoever asked may not any more. */
export type Agree = () => void;

/** For what takes long before it changes anything, such as an upload that can be drawn out. */
export const Agreement = createParamDecorator((_: unknown, context: ExecutionContext): Agree => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return () => {
    if (askers.get(request.raw)?.isStill() === true) return;
    throw new HttpProblem(401, 'whoever asked for this may not any more; nothing was changed: log in and try again');
  };
});
