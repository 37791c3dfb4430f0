import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../access/principal.ts';

const principals = new WeakMap<object, Principal>();

/** Notes who asks, for `Asker` and the audit. */
export const noteAsker = (request: FastifyRequest, principal: Principal): void =>
  void principals.set(request.raw, principal);

export const askerOf = (request: FastifyRequest): Principal | undefined => principals.get(request.raw);

/** Who asks; undefined where nobody has logged in, which only calls that need nothing are told. */
export const Asker = createParamDecorator((_: unknown, context: ExecutionContext) =>
  askerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
