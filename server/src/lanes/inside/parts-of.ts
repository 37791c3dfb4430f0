import type { Flow } from '@semstreams/contract';
import type { ComponentDefinition } from '../../engine/component.ts';
import { placeOf } from '../../engine/parking.ts';
import type { Part } from '../../engine/run-flow.ts';
import { markedSecrets, resolvedConfig, secretsIn } from '../../catalogue/secrets.ts';

/** The components of a flow with their configs, secrets in their places. Throws what is wrong with one of them. */
export const partsOf = (
  flow: Flow,
  definitions: ReadonlyMap<string, ComponentDefinition>,
  secretsDir: string,
): readonly Part[] =>
  flow.components.map(({ id, type, config = {} }) => {
    const definition = definitions.get(type)!;
    return { definition, config: resolvedConfig(definition.config, config, { secretsDir, component: id }) };
  });

/** All secrets of a flow: those that its configs refer to, and those that stand in fields for secrets. */
export const secretsOf = (
  flow: Flow,
  definitions: ReadonlyMap<string, ComponentDefinition>,
  secretsDir: string,
): readonly string[] =>
  flow.components.flatMap(({ id, type, config = {} }) => [
    ...secretsIn(config, { secretsDir, component: id, schema: definitions.get(type)!.config }),
    ...markedSecrets(definitions.get(type)!.config, config),
  ]);

/** Where each component listens; undefined for those that do not. */
export const placesOf = (flow: Flow, parts: readonly Part[]): readonly (string | undefined)[] =>
  parts.map(({ definition, config }, index) => {
    const at = definition.listens?.(config);
    return at && placeOf(flow.id, flow.components[index]!, at);
  });

/** Where a flow will listen: nowhere when it cannot be started at all, which its start will say. */
export const placesOfNext = async (
  flow: Flow,
  secretsDir: string,
  load: (types: ReadonlySet<string>) => Promise<ReadonlyMap<string, ComponentDefinition>>,
): Promise<readonly string[]> => {
  try {
    const definitions = await load(new Set(flow.components.map(({ type }) => type)));
    return placesOf(flow, partsOf(flow, definitions, secretsDir)).filter((place) => place !== undefined);
  } catch {
    return [];
  }
};
