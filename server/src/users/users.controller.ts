import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { NewUser, pageOf, paths, Role, User, UserChange } from '@semstreams/contract';
import type { z } from 'zod';
import { Access } from '../access/access.ts';
import { changeWords, userWords } from '../access/user-words.ts';
import { Asker } from '../web/asker.ts';
import { type Tell, TellAudit } from '../web/deeds.ts';
import { having, listing } from '../web/listing.ts';
import type { Principal } from '../access/principal.ts';
import { asProblem } from './as-problem.ts';

const UserList = pageOf(User, 'UserList');
type UserList = z.infer<typeof UserList>;
const users = listing<User>()({
  sorts: { name: ({ name }) => name, created_at: ({ created_at: at }) => at },
  usual: 'name',
  id: ({ name }) => name,
  texts: ({ name, flows = [] }) => [name, ...flows],
});
const UsersQuery = users.query.extend({ role: Role.optional().meta({ description: 'Only those with this role.' }) });
type UsersQuery = z.infer<typeof UsersQuery>;

@Controller(paths.users)
export class UsersController {
  constructor(private readonly access: Access) {}

  @Get()
  @ApiOperation({ summary: 'All users' })
  @ApiOkResponse({ standardSchema: UserList })
  list(@Query({ schema: UsersQuery }) { role, ...query }: UsersQuery): UserList {
    return users.page(having(this.access.accounts.users(), { role }), query);
  }

  @Post()
  @ApiOperation({ summary: 'Make a user; from the first one on everybody has to log in' })
  @ApiResponse({ status: 201, standardSchema: User })
  async create(@Body({ schema: NewUser }) user: NewUser, @TellAudit() tell: Tell): Promise<User> {
    const made = await asProblem(() => this.access.accounts.add(user));
    tell({ detail: `${made.name}: ${userWords(made)}` });
    return made;
  }

  @Put(':name')
  @ApiOperation({
    summary: 'Change role, flows or password of a user; who is logged in as this user has to log in again',
  })
  @ApiOkResponse({ standardSchema: User })
  async change(
    @Asker() asker: Principal,
    @Param('name') name: string,
    @Body({ schema: UserChange }) change: UserChange,
    @TellAudit() tell: Tell,
  ): Promise<User> {
    const before = this.access.accounts.user(name);
    const changed = await asProblem(() =>
      this.access.changeUser(name, change, { session: asker.user === name ? asker.session : undefined }),
    );
    tell({ detail: changeWords(name, { before, after: changed, isNewPassword: change.password !== undefined }) });
    return changed;
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a user, with all sessions and tokens' })
  @ApiResponse({ status: 204 })
  async remove(@Param('name') name: string, @TellAudit() tell: Tell): Promise<void> {
    await asProblem(() => this.access.removeUser(name));
    tell({ detail: name });
  }
}
