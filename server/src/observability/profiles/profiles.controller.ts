import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Query,
  Res,
  UseGuards,
} from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { HttpProblem, notFound } from '../../web/problems.ts';
import { wholeNumber } from '../../web/address-words.ts';
import { Profiles } from './profiles.ts';

const ProfileQuery = z.object({
  seconds: wholeNumber(z.int().min(1).max(300)).default(30).meta({ description: 'How long it is looked at.' }),
});
type ProfileQuery = z.infer<typeof ProfileQuery>;

const profile = ApiOkResponse({
  description: 'A profile in pprof format, packed.',
  content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
});

/** Profiles tell much of the inside: they are there only where they are switched on, and only for this machine itself. */
@Injectable()
export class ProfilesGuard implements CanActivate {
  constructor(private readonly profiles: Profiles) {}

  canActivate(context: ExecutionContext): boolean {
    if (!this.profiles.isEnabled) throw notFound('profiles are switched off by "debug.pprof"');
    const { ip, hostname } = context.switchToHttp().getRequest<FastifyRequest>();
    if (isLoopback(ip) && isLoopback(hostname.replace(/:\d+$/, ''))) return true;
    throw new HttpProblem(403, 'profiles are told to this machine alone: ask at 127.0.0.1');
  }
}

const isLoopback = (address: string): boolean =>
  address === 'localhost' || address === '::1' || address === '[::1]' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address);

@Controller('debug/pprof')
@UseGuards(ProfilesGuard)
export class ProfilesController {
  constructor(private readonly profiles: Profiles) {}

  @Get('profile')
  @ApiOperation({ summary: 'Where CPU time is spent, for `go tool pprof` and the like; only with "debug.pprof"' })
  @ApiProduces('application/octet-stream')
  @profile
  async cpu(@Query({ schema: ProfileQuery }) { seconds }: ProfileQuery, @Res() reply: FastifyReply): Promise<void> {
    await send(reply, 'cpu', await this.profiles.cpu(seconds));
  }

  @Get('heap')
  @ApiOperation({ summary: 'What lives in memory, for `go tool pprof` and the like; only with "debug.pprof"' })
  @ApiProduces('application/octet-stream')
  @profile
  async heap(@Res() reply: FastifyReply): Promise<void> {
    await send(reply, 'heap', await this.profiles.heap());
  }
}

const send = async (reply: FastifyReply, name: string, profile: Buffer): Promise<void> => {
  await reply
    .type('application/octet-stream')
    .header('content-disposition', `attachment; filename="${name}.pb.gz"`)
    .header('cache-control', 'no-store')
    .send(profile);
};
