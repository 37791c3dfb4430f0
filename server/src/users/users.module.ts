import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.ts';
import { SessionController } from './session.controller.ts';
import { SessionsController } from './sessions.controller.ts';
import { TokensController } from './tokens.controller.ts';
import { UsersController } from './users.controller.ts';

@Module({
  controllers: [AuditController, SessionController, SessionsController, TokensController, UsersController],
})
export class UsersModule {}
