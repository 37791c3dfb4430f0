import { Module } from '@nestjs/common';
import { CatalogueController } from './catalogue.controller.ts';
import { OwnComponentsModule } from './own-components.module.ts';

/** One line per component type, in the order of the palette. */
@Module({
  imports: [OwnComponentsModule],
  controllers: [CatalogueController],
})
export class ComponentsModule {}
