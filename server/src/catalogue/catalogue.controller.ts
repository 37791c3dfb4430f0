import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ComponentType, paths } from '@semstreams/contract';
import { z } from 'zod';
import { notFound } from '../web/problems.ts';
import { Catalogue } from '../component-kit/catalogue.ts';

const ComponentTypes = z.strictObject({ items: z.array(ComponentType) }).meta({ id: 'ComponentTypes' });
type ComponentTypes = z.infer<typeof ComponentTypes>;

@Controller(paths.componentTypes)
export class CatalogueController {
  constructor(private readonly catalogue: Catalogue) {}

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
}
