import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Category, ComponentType, pageOf, paths, ProbeAnswer, ProbeRequest } from '@semstreams/contract';
import type { z } from 'zod';
import { Settings } from '../config/settings.ts';
import { having, listing } from '../web/listing.ts';
import { conflict, notFound } from '../web/problems.ts';
import { Catalogue } from '../component-kit/catalogue.ts';
import { mayProbe, probe } from './probe.ts';

const ComponentTypes = pageOf(ComponentType, 'ComponentTypes');
type ComponentTypes = z.infer<typeof ComponentTypes>;
const types = listing<ComponentType>()({
  sorts: {
    category: ({ category, title }) => `${Category.options.indexOf(category)} ${title}`,
    title: ({ title }) => title,
    type: ({ type }) => type,
  },
  usual: 'category',
  id: ({ type }) => type,
  texts: ({ type, title, summary, keywords }) => [type, title, summary, ...keywords],
});
const TypesQuery = types.query.extend({ category: Category.optional().meta({ description: 'Only these.' }) });
type TypesQuery = z.infer<typeof TypesQuery>;

@Controller(paths.componentTypes)
export class CatalogueController {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly settings: Settings,
  ) {}

  @Get()
  @ApiOperation({ summary: 'All that can be placed in a flow' })
  @ApiOkResponse({ standardSchema: ComponentTypes })
  list(@Query({ schema: TypesQuery }) { category, ...query }: TypesQuery): ComponentTypes {
    return types.page(having(this.catalogue.allDescriptions(), { category }), query);
  }

  @Get(':type')
  @ApiOperation({ summary: 'One component type' })
  @ApiOkResponse({ standardSchema: ComponentType })
  get(@Param('type') type: string): ComponentType {
    const description = this.catalogue.description(type);
    if (!description) throw notFound(`there is no component type "${type}"`);
    return description;
  }

  @Post(':type/probe')
  @HttpCode(200)
  @ApiOperation({ summary: 'Tests whether a component with this config would find its far side' })
  @ApiOkResponse({ standardSchema: ProbeAnswer })
  probe(@Param('type') type: string, @Body({ schema: ProbeRequest }) { config }: ProbeRequest): Promise<ProbeAnswer> {
    if (!this.catalogue.get(type)) throw notFound(`there is no component type "${type}"`);
    if (!mayProbe()) throw conflict('several connections are being tested: try again when they are done');
    const ownFile = this.catalogue.ownComponents()[type];
    return probe({ type, ownFile, config, secretsDir: this.settings.values.secrets_dir, reach: this.settings.reach });
  }
}
