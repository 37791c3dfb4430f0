import type { OpenAPIObject } from '@nestjs/swagger';
import { type ProblemKind, problemKinds, type ProblemName, problemType } from '@semstreams/contract';
import type { RefusalStatus } from './calls.ts';

type Responses = NonNullable<NonNullable<OpenAPIObject['components']>['responses']>;
type Response = Responses[string];

interface Refusal {
  readonly name: string;
  readonly description: string;
  /** What such a problem may say. */
  readonly detail: string;
  readonly headers?: readonly string[];
}

/** The problems that calls know, by status: the status is what programs go by. */
const refusals: Readonly<Record<RefusalStatus, Refusal>> = {
  401: {
    name: 'LoginNeeded',
    description: 'Log in first, or show a token that is still good.',
    detail: 'log in first, or show a token as "Authorization: Bearer …"',
    headers: ['WWW-Authenticate'],
  },
  404: { name: 'NotFound', description: 'It is not there.', detail: 'there is no flow "climb"' },
  409: {
    name: 'Conflict',
    description: 'It cannot be done as things are now; the detail says what to do first.',
    detail: 'the flow "climb" runs; stop it before you delete it',
  },
  412: {
    name: 'Stale',
    description: 'Somebody changed it since: read it again.',
    detail: 'the flow "climb" was changed meanwhile: it is at revision 8 now',
  },
  413: {
    name: 'TooLarge',
    description: 'It is larger than this call takes.',
    detail: 'a file has 1024 MB at most here, by "files.max_upload"',
  },
  415: {
    name: 'OtherContent',
    description: 'The body is of a type, a charset or a packing that is not understood.',
    detail: 'a body of this type is not understood: send "Content-Type: application/json"',
  },
  416: {
    name: 'NoSuchRange',
    description: 'The file has no such part.',
    detail: '"measurements.csv" has 100 bytes',
  },
  422: {
    name: 'Unusable',
    description: 'What was sent is understood and cannot be used as it is; the findings say where.',
    detail: 'the flow "climb" cannot be deployed as it is',
  },
  428: {
    name: 'RevisionNeeded',
    description: 'Say by "If-Match" which revision the change builds on.',
    detail: 'say by "If-Match" which revision this builds on: it is the ETag of the last answer',
  },
  429: {
    name: 'TooOften',
    description: 'It was tried too often: wait for as long as the answer says.',
    detail: 'too many wrong passwords from here: try again in 8 s',
    headers: ['Retry-After'],
  },
  507: {
    name: 'NoRoom',
    description: 'The disk has no room for it.',
    detail: 'the disk is full: make room, or restore without buffers',
  },
};

const always: Readonly<Record<'4XX' | '5XX' | 503, Refusal>> = {
  '4XX': {
    name: 'Refused',
    description:
      'The request is wrong: 400 what was asked for, 403 where it comes from or who asks, 408 too slow, 413 too large, 414 too long an address, 431 too large a head.',
    detail: 'there is no query parameter "limt" here: did you mean "limit"?',
  },
  503: {
    name: 'Away',
    description: 'Not at this moment, such as while NATS is away.',
    detail: 'NATS is away: it did not answer',
    headers: ['Retry-After'],
  },
  '5XX': {
    name: 'Failed',
    description: 'Something went wrong inside.',
    detail: 'something went wrong inside; the log of the server says what',
  },
};

const all = { ...refusals, ...always };

/** The kinds of problems with this status, such as `409` or `4XX`: what is told by one of its own is left out of the latter. */
const namesOf = (status: string): ProblemName[] =>
  (Object.keys(problemKinds) as ProblemName[]).filter((name) => {
    const own = String(problemKinds[name].status);
    return status.endsWith('XX') ? own[0] === status[0] && !(own in all) : own === status;
  });

const responseOf = (status: string, { description, detail, headers = [] }: Refusal): Response => {
  const names = namesOf(status);
  const [{ status: shown, title }] = names.map((name) => problemKinds[name]) as [ProblemKind];
  const types = names.map(problemType);
  return {
    description: `${description} Of the type ${types.join(' or ')}.`,
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        example: { type: types[0], title, status: shown, detail, instance: '/api/v1/flows/climb' },
      },
    },
    ...(headers.length > 0
      ? { headers: Object.fromEntries(headers.map((name) => [name, { $ref: `#/components/headers/${name}` }])) }
      : {}),
  };
};

/** All problems, to be referred to. */
export const refusalResponses: Responses = Object.fromEntries(
  Object.entries(all).map(([status, refusal]) => [refusal.name, responseOf(status, refusal)]),
);

/** The problems of a call, with those that every call has. */
export const refusalsOf = (own: readonly RefusalStatus[]): Responses =>
  Object.fromEntries(
    [...own, '4XX' as const, 503 as const, '5XX' as const].map((status) => [
      String(status),
      { $ref: `#/components/responses/${all[status].name}` },
    ]),
  );
