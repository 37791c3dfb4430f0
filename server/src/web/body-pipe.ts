import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { schemaFindings } from '@semstreams/contract';
import type { z } from 'zod';
import { HttpProblem } from './problems.ts';

/** Parses what a route declares a schema for; what does not fit is refused with its findings. */
@Injectable()
export class SchemaPipe implements PipeTransform {
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const schema = metadata.schema as z.ZodType | undefined;
    if (!schema) return value;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const findings = schemaFindings(parsed.error, schema, value, []);
    throw new HttpProblem(
      400,
      `the request does not fit: ${findings[0]?.place || 'body'}: ${findings[0]?.sentence}`,
      findings,
    );
  }
}
