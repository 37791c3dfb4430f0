import {
  type Finding,
  type Problem,
  type ProblemKind,
  problemKinds,
  type ProblemName,
  type ProblemStatus,
  problemType,
} from '@semstreams/contract';

interface More extends ErrorOptions {
  readonly retryAfterSeconds?: number;
  /** Where the status alone does not say it. */
  readonly kind?: ProblemName;
}

/** An answer that says no, as problem details of RFC 9457. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  /** When it is worth asking again. */
  readonly retryAfterSeconds: number | undefined;
  readonly kind: ProblemName | undefined;

  constructor(
    readonly status: ProblemStatus,
    detail: string,
    readonly findings?: readonly Finding[],
    options?: More,
  ) {
    super(detail, options);
    this.retryAfterSeconds = options?.retryAfterSeconds;
    this.kind = options?.kind;
  }
}

export const notFound = (detail: string): HttpProblem => new HttpProblem(404, detail);
export const conflict = (detail: string): HttpProblem => new HttpProblem(409, detail);
/** What was asked for is understood and cannot be done as it is. */
export const refused = (detail: string, findings: readonly Finding[]): HttpProblem =>
  new HttpProblem(422, detail, findings);

const kinds = Object.entries(problemKinds) as [ProblemName, ProblemKind][];

/** What is meant by a status alone. */
const kindOf = (status: ProblemStatus): ProblemName => kinds.find(([, kind]) => kind.status === status)![0];

/** The same status where it is one of those that are told, else the one that stands for all of its hundred. */
export const toldStatus = (status: number): ProblemStatus =>
  (kinds.find(([, kind]) => kind.status === status)?.[1].status ?? (status < 500 ? 400 : 500)) as ProblemStatus;

/** What is sent where the answer is no, at the address `instance`. */
export const problemBody = (
  status: ProblemStatus,
  detail: string,
  instance: string,
  {
    findings,
    kind = kindOf(status),
  }: { findings?: readonly Finding[] | undefined; kind?: ProblemName | undefined } = {},
): Problem => ({
  type: problemType(kind),
  title: problemKinds[kind].title,
  status,
  detail,
  instance,
  ...(findings ? { findings: [...findings] } : {}),
});
