import { Injectable } from '@nestjs/common';
import { type Finding, validateFlow } from '@semstreams/contract';
import { Catalogue } from '../components/catalogue.ts';

/** Finds what is wrong with a flow, with all component types that this server knows. */
@Injectable()
export class Checker {
  constructor(private readonly catalogue: Catalogue) {}

  check(document: unknown): Finding[] {
    return validateFlow(document, this.catalogue.checkedTypes());
  }
}
