import { existsSync } from 'node:fs';
import { Body, Controller, Delete, Get, HttpCode, Post, Put, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { Login, PasswordChange, paths, Session } from '@semstreams/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../access/access.ts';
import { firstPasswordFile } from '../access/first-password.ts';
import type { Principal } from '../access/principal.ts';
import { Settings } from '../config/settings.ts';
import { Asker } from '../web/asker.ts';
import { type Tell, TellAudit } from '../web/deeds.ts';
import { HttpProblem } from '../web/problems.ts';
import { asProblem } from './as-problem.ts';

@Controller(paths.session)
export class SessionController {
  constructor(
    private readonly access: Access,
    private readonly settings: Settings,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Who asks, and whether anybody has to log in' })
  @ApiOkResponse({ standardSchema: Session })
  session(@Asker() asker: Principal | undefined): Session {
    if (!this.access.isNeeded) return { login: 'open', role: 'administrator' };
    if (!asker) {
      const file = firstPasswordFile(this.settings.dataDir);
      return { login: 'needed', ...(existsSync(file) ? { first_password_file: file } : {}) };
    }
    return sessionOf(asker);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Log in: the answer carries a cookie, which browsers show from then on' })
  @ApiOkResponse({ standardSchema: Session })
  async logIn(
    @Body({ schema: Login }) { user, password }: Login,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @TellAudit() tell: Tell,
  ): Promise<Session> {
    // who is refused is not whom they say: their words stand apart
    const { cookie, principal } = await toldOfRefusal(tell, `as ${JSON.stringify(user)}: `, () =>
      this.access.login(user, password, request.ip),
    );
    tell({ who: principal.who });
    void reply.header('set-cookie', cookie);
    return sessionOf(principal);
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Log out' })
  @ApiResponse({ status: 204 })
  logOut(
    @Asker() asker: Principal | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
    @TellAudit() tell: Tell,
  ): void {
    void reply.header('set-cookie', this.access.emptyCookie);
    if (asker?.session === undefined) return;
    this.access.sessions.end(asker.session);
    tell({});
  }

  @Put('password')
  @HttpCode(204)
  @ApiOperation({ summary: 'Change the own password; other browsers of this user are logged out' })
  @ApiResponse({ status: 204 })
  async changePassword(
    @Asker() asker: Principal,
    @Body({ schema: PasswordChange }) { present, next }: PasswordChange,
    @Req() request: FastifyRequest,
    @TellAudit() tell: Tell,
  ): Promise<void> {
    const { user, session } = asker;
    if (user === undefined || session === undefined)
      throw new HttpProblem(409, 'a password is changed by whoever has logged in with it');
    const record = await toldOfRefusal(tell, '', async () => {
      const found = await this.access.recordBy(user, present, request.ip);
      if (found === undefined) throw new HttpProblem(422, 'the present password is another one');
      return found;
    });
    await asProblem(() => this.access.changePassword(user, next, { session, record }));
  }
}

/** Does what needs a right password; the audit is told where it was another one. */
const toldOfRefusal = async <Result>(tell: Tell, as: string, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await asProblem(work);
  } catch (thrown) {
    if (thrown instanceof HttpProblem) tell({ outcome: 'refused', detail: `${as}${thrown.message}` });
    throw thrown;
  }
};

const sessionOf = ({ user, role, scopes, expiresAt }: Principal): Session => ({
  login: 'needed',
  ...(user === undefined ? {} : { user }),
  role,
  ...(scopes[0] ? { flows: [...scopes[0]] } : {}),
  ...(expiresAt === undefined ? {} : { expires_at: new Date(expiresAt).toISOString() }),
});
