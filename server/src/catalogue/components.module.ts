import { Module, type Type } from '@nestjs/common';
import { CatalogueController } from './catalogue.controller.ts';
import { OwnComponentsModule } from './own-components.module.ts';

/** The module of every component type, found by its file name. */
const found = import.meta.glob<Readonly<Record<string, Type>>>('../component-types/*/*/*.module.ts', { eager: true });

/** A folder is all that it takes to add a component type. */
@Module({
  imports: [...Object.values(found).flatMap((exported) => Object.values(exported)), OwnComponentsModule],
  controllers: [CatalogueController],
})
export class ComponentsModule {}
