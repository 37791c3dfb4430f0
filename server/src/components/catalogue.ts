import { Global, Injectable, Module } from '@nestjs/common';
import type { CheckedType } from '@semstreams/contract';
import type { ComponentDefinition } from '../engine/component.ts';

/** All component types that can be placed. Every component module adds its own at start. */
@Injectable()
export class Catalogue {
  private readonly definitions = new Map<string, ComponentDefinition>();
  private readonly ownFiles = new Map<string, string>();

  /** @param ownFile where the type comes from, unless it comes with the product */
  add(definition: ComponentDefinition, ownFile?: string): void {
    this.definitions.set(definition.type, definition);
    if (ownFile !== undefined) this.ownFiles.set(definition.type, ownFile);
  }

  get(type: string): ComponentDefinition | undefined {
    return this.definitions.get(type);
  }

  all(): ComponentDefinition[] {
    return [...this.definitions.values()];
  }

  /** What `validateFlow` needs to know. */
  checkedTypes(): ReadonlyMap<string, CheckedType> {
    return this.definitions;
  }

  /** Files of the types that do not come with the product, by type. */
  ownComponents(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.ownFiles);
  }
}

@Global()
@Module({ providers: [Catalogue], exports: [Catalogue] })
export class CatalogueModule {}
