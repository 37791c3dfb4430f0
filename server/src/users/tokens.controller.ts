import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { ApiToken, MadeApiToken, NewApiToken, pageOf, paths, Role } from '@semstreams/contract';
import { z } from 'zod';
import { Access } from '../access/access.ts';
import type { Principal } from '../access/principal.ts';
import { Asker } from '../web/asker.ts';
import { type Tell, TellAudit } from '../web/deeds.ts';
import { having, listing } from '../web/listing.ts';
import { conflict, notFound } from '../web/problems.ts';
import { asProblem } from './as-problem.ts';
import { isKeeper, refuseOtherTokens } from './sessions.controller.ts';

const TokenList = pageOf(ApiToken, 'TokenList');
type TokenList = z.infer<typeof TokenList>;
const tokens = listing<ApiToken>()({
  sorts: {
    name: ({ name }) => name,
    user: ({ user }) => user,
    created_at: ({ created_at: at }) => at,
    expires_at: ({ expires_at: at }) => at,
  },
  usual: 'created_at',
  id: ({ id }) => id,
  texts: ({ name, user, flows = [] }) => [name, user, ...flows],
});
const TokensQuery = tokens.query.extend({
  user: z.string().optional().meta({ description: 'Only those of this user.' }),
  role: Role.optional().meta({ description: 'Only those with this role.' }),
});
type TokensQuery = z.infer<typeof TokensQuery>;

@Controller(paths.tokens)
export class TokensController {
  constructor(private readonly access: Access) {}

  @Get()
  @ApiOperation({ summary: 'Tokens of scripts: the own ones, or all for an administrator' })
  @ApiOkResponse({ standardSchema: TokenList })
  list(@Asker() asker: Principal, @Query({ schema: TokensQuery }) { user, role, ...query }: TokensQuery): TokenList {
    return tokens.page(having(this.of(asker), { user, role }), query);
  }

  @Post()
  @ApiOperation({ summary: 'Make a token for a script; its text is told this once' })
  @ApiResponse({ status: 201, standardSchema: MadeApiToken })
  async create(
    @Asker() asker: Principal,
    @Body({ schema: NewApiToken }) wanted: NewApiToken,
    @TellAudit() tell: Tell,
  ): Promise<MadeApiToken> {
    const user = asker.session === undefined ? undefined : this.access.accounts.user(asker.user!);
    if (!user) throw conflict('a token belongs to the user who makes it: log in by name and password first');
    const { token, text } = await asProblem(() => this.access.accounts.addToken(user, wanted));
    tell({ detail: wordsOf(token) });
    return { ...token, token: text };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Make a token worthless' })
  @ApiResponse({ status: 204 })
  async remove(@Asker() asker: Principal, @Param('id') id: string, @TellAudit() tell: Tell): Promise<void> {
    const token = this.of(asker).find((each) => each.id === id);
    if (!token) throw notFound(`there is no token "${id}"`);
    refuseOtherTokens(asker, id);
    this.access.accounts.removeToken(id);
    tell({ detail: wordsOf(token) });
  }

  private of(asker: Principal): ApiToken[] {
    return this.access.accounts.tokens(isKeeper(asker) ? undefined : (asker.user ?? ''));
  }
}

const wordsOf = ({ name, user, role, flows, expires_at }: ApiToken): string =>
  `token ${JSON.stringify(name)} of ${user}: ${role}, ${flows?.join(', ') ?? 'all flows'}, until ${expires_at}`;
