import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ComponentType, paths, ProbeAnswer, ProbeRequest } from '@semstreams/contract';
import { z } from 'zod';
import { Settings } from '../config/settings.ts';
import { conflict, notFound } from '../web/problems.ts';
import { Catalogue } from '../component-kit/catalogue.ts';
import { mayProbe, probe } from './probe.ts';

const ComponentTypes = z.strictObject({ items: z.array(ComponentType) }).meta({ id: 'ComponentTypes' });
type ComponentTypes = z.infer<typeof ComponentTypes>;

@Controller(paths.componentTypes)
export class CatalogueController {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly settings: Settings,
  ) {}

  @Get()
  @ApiOperation({ summary: 'All that can be placed in a flow' })
  @ApiOkResponse({ standardSchema: ComponentTypes })
  list(): ComponentTypes {
    return { items: this.catalogue.allDescriptions() };
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
