import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { includesRole, OpenSession, pageOf, paths } from '@semstreams/contract';
import { z } from 'zod';
import { Access } from '../access/access.ts';
import { isLimited, type Principal } from '../access/principal.ts';
import { Asker } from '../web/asker.ts';
import { type Tell, TellAudit } from '../web/deeds.ts';
import { having, listing } from '../web/listing.ts';
import { HttpProblem, notFound } from '../web/problems.ts';

const SessionList = pageOf(OpenSession, 'SessionList');
type SessionList = z.infer<typeof SessionList>;
const sessions = listing<OpenSession>()({
  sorts: { user: ({ user }) => user, started_at: ({ started_at: at }) => at, seen_at: ({ seen_at: at }) => at },
  usual: 'started_at',
  id: ({ id }) => id,
  texts: ({ user, from }) => [user, from],
});
const SessionsQuery = sessions.query.extend({
  user: z.string().optional().meta({ description: 'Only those of this user.' }),
});
type SessionsQuery = z.infer<typeof SessionsQuery>;

@Controller(paths.sessions)
export class SessionsController {
  constructor(private readonly access: Access) {}

  @Get()
  @ApiOperation({ summary: 'Browsers that are logged in: the own ones, or all for an administrator' })
  @ApiOkResponse({ standardSchema: SessionList })
  list(@Asker() asker: Principal, @Query({ schema: SessionsQuery }) { user, ...query }: SessionsQuery): SessionList {
    return sessions.page(having(this.of(asker), { user }), query);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Log a browser out' })
  @ApiResponse({ status: 204 })
  end(@Asker() asker: Principal, @Param('id') id: string, @TellAudit() tell: Tell): void {
    const session = this.of(asker).find((each) => each.id === id);
    if (!session) throw notFound(`there is no session "${id}"`);
    refuseOtherTokens(asker);
    this.access.sessions.end(id);
    tell({ detail: `of ${session.user}, logged in from ${session.from}` });
  }

  private of(asker: Principal): OpenSession[] {
    return this.access.sessions.list(asker.session).filter(({ user }) => isKeeper(asker) || user === asker.user);
  }
}

/** Whether somebody keeps order among all users. */
export const isKeeper = (asker: Principal): boolean => includesRole(asker.role, 'administrator') && !isLimited(asker);

/** A token that leaked must not be able to throw its user out: of what is theirs it ends itself alone. */
export const refuseOtherTokens = (asker: Principal, token?: string): void => {
  if (asker.token === undefined || asker.token === token || isKeeper(asker)) return;
  throw new HttpProblem(403, 'a token may end itself alone: log in by name and password for this');
};
