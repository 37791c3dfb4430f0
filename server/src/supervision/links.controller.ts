import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ComponentState, Link, pageOf, paths } from '@semstreams/contract';
import { z } from 'zod';
import { mayTouch, type Principal } from '../access/principal.ts';
import { Asker } from '../web/asker.ts';
import { having, listing } from '../web/listing.ts';
import { Supervisor } from './supervisor.ts';

const LinkList = pageOf(Link, 'LinkList');
type LinkList = z.infer<typeof LinkList>;
const links = listing<Link>()({
  sorts: { flow: ({ flow }) => flow, component: ({ component }) => component, state: ({ state }) => state },
  usual: 'flow',
  id: ({ flow, component }) => `${flow}.${component}`,
  texts: ({ flow, component, far_sides: farSides }) => [flow, component, ...farSides.map(({ name }) => name)],
});
const LinksQuery = links.query.extend({
  flow: z.string().optional().meta({ description: 'Only those of this flow.' }),
  direction: Link.shape.direction.optional(),
  state: ComponentState.optional().meta({ description: 'Only those in this state.' }),
});
type LinksQuery = z.infer<typeof LinksQuery>;

@Controller(paths.links)
export class LinksController {
  constructor(private readonly supervisor: Supervisor) {}

  @Get()
  @ApiOperation({ summary: 'The links with other locations, and who is at their other ends' })
  @ApiOkResponse({ standardSchema: LinkList })
  list(
    @Asker() asker: Principal,
    @Query({ schema: LinksQuery }) { flow, direction, state, ...query }: LinksQuery,
  ): LinkList {
    const reachable = this.supervisor.links().filter((link) => mayTouch(asker, link.flow));
    return links.page(having(reachable, { flow, direction, state }), query);
  }
}
