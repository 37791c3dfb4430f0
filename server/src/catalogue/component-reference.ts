import { describe } from '../engine/component.ts';
import type { ComponentDefinition } from '../engine/component.ts';
import type { ComponentType } from '@semstreams/contract';

const intents = { input: 'Get data in', processor: 'Change data', output: 'Send data out' } as const;

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly format?: string;
  readonly unit?: string;
}

const numbers = `Numbers keep their value and all digits that it needs, however many: integers beyond 2^53, long decimals, \`1e400\`. A
message that nobody changes keeps its text, \`1.0\` and all; one that is changed says the same shorter (\`1.0\` becomes \`1\`).
Rules compare all digits; who reckons with a number (\`scale\`) rounds it as a computer does. In settings a number beyond 2^53
stands in quotes: rules compare it with numbers and with texts. -0 is 0. JSON knows no NaN and no infinity: where a source has
them (MAVLink) they are the texts "NaN", "Infinity" and "-Infinity", and a component that makes one of something else costs its
message, as a dead letter; they never become null. Texts are UTF-8; what is none comes from MAVLink in hexadecimal, as
\`{ "bytes": "fd58ff" }\`.`;

/** The reference page of all component types, in Markdown. */
export const componentReference = (definitions: readonly ComponentDefinition[]): string => {
  const types = definitions.map(describe);
  const sections = Object.entries(intents).map(([category, intent]) => {
    const pages = types.filter((type) => type.category === category).map(page);
    return `## ${intent}\n\n${pages.join('\n')}`;
  });
  return `# Component types\n\nGenerated from the definitions in \`server/src/component-types\`. Do not edit.\n\n${numbers}\n\n${sections.join('\n')}`;
};

const page = ({ type, title, summary, ports, opens, config_schema, drops, examples }: ComponentType): string => {
  const schema = config_schema as JsonSchema;
  const fields = Object.entries(schema.properties ?? {}).map(
    ([name, field]) =>
      `| \`${name}\` | ${typeOf(field)} | ${shown(field.default)} | ${cell(field.description ?? '')} |`,
  );
  const portList = Object.entries(ports).map(
    ([name, { direction, required, title: portTitle }]) =>
      `\`${name}\` (${direction}${required ? '' : ', may be left open'}${portTitle ? `: ${portTitle.toLowerCase()}` : ''})`,
  );
  return [
    `### ${title}: \`${type}\`\n`,
    `${summary}\n`,
    `Ports: ${[...portList, ...(opens ? [`one (output) for each of \`${opens.list}\`, by its \`${opens.name}\``] : [])].join(', ')}\n`,
    ...(fields.length > 0 ? ['| Setting | Type | Default | |', '| --- | --- | --- | --- |', ...fields, ''] : []),
    'Given up on, by reason: ' +
      Object.entries(drops)
        .map(([reason, sentence]) => `\`${reason}\` ${sentence}`)
        .join(' ') +
      '\n',
    ...examples.map(
      (example) =>
        `${example.title}:\n\n\`\`\`json\n${JSON.stringify({ type, config: example.config }, null, 2)}\n\`\`\`\n`,
    ),
  ].join('\n');
};

const typeOf = ({ type, enum: choices, format, unit }: JsonSchema): string => {
  if (choices) return choices.map((choice) => `\`${String(choice)}\``).join(', ');
  return `${format ?? (typeof type === 'string' ? type : 'any')}${unit ? ` in ${unit}` : ''}`;
};

const shown = (value: unknown): string => {
  const text = JSON.stringify(value);
  if (text === undefined) return '';
  return text.length > 60 ? 'see the editor' : `\`${text}\``;
};

const cell = (text: string): string => text.replaceAll('|', '\\|');
