import { Global, Injectable, Module } from '@nestjs/common';
import type { CheckedType, ComponentType } from '@semstreams/contract';
import { type DefinedType, describe } from '../engine/component.ts';
import { inOrder } from './palette-order.ts';

/** All component types that can be placed. Every component module adds its own at start. */
@Injectable()
export class Catalogue {
  private readonly definitions = new Map<string, DefinedType>();
  private readonly descriptions = new Map<string, ComponentType>();
  private readonly ownFiles = new Map<string, string>();

  /** @param own where the type comes from and how it is shown, unless it comes with the product */
  add(definition: DefinedType, own?: { readonly file: string; readonly description: ComponentType }): void {
    this.definitions.set(definition.type, definition);
    if (own === undefined) return;
    this.ownFiles.set(definition.type, own.file);
    this.descriptions.set(definition.type, own.description);
  }

  /** As people and forms see it; made at the first use. Undefined where there is no such type. */
  description(type: string): ComponentType | undefined {
    const known = this.descriptions.get(type);
    const definition = this.definitions.get(type);
    if (known || !definition) return known;
    const description = describe(definition);
    this.descriptions.set(type, description);
    return description;
  }

  /** All that can be placed, in the order of the palette. */
  allDescriptions(): ComponentType[] {
    return inOrder([...this.definitions.values()]).map(({ type }) => this.description(type)!);
  }

  get(type: string): DefinedType | undefined {
    return this.definitions.get(type);
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
