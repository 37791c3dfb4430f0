import { type ProblemKind, problemKinds } from '@semstreams/contract';

const kinds: readonly (readonly [string, ProblemKind])[] = Object.entries(problemKinds);

/** What the problems of the API mean, for browsers: the `type` of each leads to its place here. */
export const problemHtml = (): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Problems of the SemStreams API</title>
  </head>
  <body>
    <h1>Problems of the SemStreams API</h1>
${kinds.map(([name, { status, title, means }]) => `    <h2 id="${name}">${status} ${name}: ${title}</h2>\n    <p>${means}</p>`).join('\n')}
  </body>
</html>
`;

/** The same as a page of the reference. */
export const problemReference = (): string => `# Problems of the API

What the server answers where it says no, by the end of its \`type\`: \`/api/docs/problems#not-found\`. The same stands at that address
of each server. Others may be added; none gets another meaning. Made from \`contract/src/problem-kinds.ts\`.

${kinds.map(([name, { status, title, means }]) => `## ${name}\n\n${status} ${title}. ${means}\n`).join('\n')}`;
