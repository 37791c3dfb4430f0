import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Link, paths } from '@semstreams/contract';
import { z } from 'zod';
import { mayTouch, type Principal } from '../access/principal.ts';
import { Asker } from '../web/asker.ts';
import { Supervisor } from './supervisor.ts';

const LinkList = z.strictObject({ items: z.array(Link) }).meta({ id: 'LinkList' });
type LinkList = z.infer<typeof LinkList>;

@Controller(paths.links)
export class LinksController {
  constructor(private readonly supervisor: Supervisor) {}

  @Get()
  @ApiOperation({ summary: 'The links with other locations, and who is at their other ends' })
  @ApiOkResponse({ standardSchema: LinkList })
  list(@Asker() asker: Principal): LinkList {
    return { items: this.supervisor.links().filter(({ flow }) => mayTouch(asker, flow)) };
  }
}
