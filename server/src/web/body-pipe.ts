import { Readable } from 'node:stream';
import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { excessOf, type Finding, placeOf, schemaFindings } from '@semstreams/contract';
import type { z } from 'zod';
import { lostNumber, readJson } from '../engine/exact-number.ts';
import { textOfBody } from './json-body.ts';
import { HttpProblem, refused } from './problems.ts';

const documents = new WeakSet<z.ZodType>();

/** The same schema, for bodies that are kept as they are: they hold no more than a flow document may. */
export const asDocument = <Schema extends z.ZodType>(schema: Schema): Schema => {
  documents.add(schema);
  return schema;
};

const exact = new WeakSet<z.ZodType>();

/** The same schema, for bodies that hold messages: their numbers keep all digits, as `ExactNumber`s where no double holds them. */
export const withMessages = <Schema extends z.ZodType>(schema: Schema): Schema => {
  exact.add(schema);
  return schema;
};

/** Parses what a route declares a schema for; what does not fit is refused with its findings. */
@Injectable()
export class SchemaPipe implements PipeTransform {
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const schema = metadata.schema as z.ZodType | undefined;
    if (!schema) return value;
    if (value instanceof Readable) throw new HttpProblem(415, 'send JSON here, with "Content-Type: application/json"');
    if (documents.has(schema)) {
      refuseExcess(value);
      const [lost] = lostIn(value);
      if (lost) throw refused(`the request does not fit: ${lost.sentence}`, [lost]);
    }
    if (metadata.type === 'body' && isLeftOut(value, schema)) return undefined;
    const text = exact.has(schema) ? textOfBody(value) : undefined;
    const parsed = schema.safeParse(text === undefined ? value : readJson(text));
    if (parsed.success) return parsed.data;
    const findings = schemaFindings(parsed.error, schema, value, []);
    throw new HttpProblem(
      400,
      `the request does not fit: ${findings[0]?.place || metadata.data || metadata.type}: ${findings[0]?.sentence}`,
      findings,
    );
  }
}

/** `null` is no body where one may be left out: clients that are generated send it so. */
const isLeftOut = (value: unknown, schema: z.ZodType): boolean =>
  value === null && !schema.safeParse(null).success && schema.safeParse(undefined).success;

/** What is wrong with the numbers of a body that is kept as it is: one that would be kept as another one. */
export const lostIn = (body: unknown): Finding[] => {
  const lost = lostNumber(textOfBody(body) ?? '');
  return lost === undefined ? [] : [{ severity: 'error', code: 'too_exact', place: '', sentence: sayLost(lost) }];
};

/** Why a number of a document cannot be kept, and the way out. */
export const sayLost = (number: string): string =>
  `${number.slice(0, 60)} has more digits than a number in settings keeps: write it in quotes`;

const refuseExcess = (value: unknown): void => {
  const excess = excessOf(value);
  if (!excess) return;
  const { path, ...told } = excess;
  const place = placeOf(path);
  throw refused(`the request is too much: ${place || 'body'}: ${told.sentence}`, [
    { severity: 'error', code: 'too_much', place, ...told },
  ]);
};
