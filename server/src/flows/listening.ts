import type { Component, Flow } from '@semstreams/contract';
import type { DefinedType } from '../engine/component.ts';
import type { ListenAddress } from '../engine/parking.ts';

/** A component that listens, or would, and where. */
export interface Listening {
  readonly component: string;
  readonly at: ListenAddress;
  /** The setting that names the port. */
  readonly field: string;
}

type Definitions = (type: string) => Pick<DefinedType, 'config' | 'listens'> | undefined;

/** Where the components of a flow listen; those that any port will do for, and settings that are wrong, are left out. */
export const listeningIn = (flow: Pick<Flow, 'components'>, definitionOf: Definitions): readonly Listening[] =>
  flow.components.flatMap((component) => listeningOf(component, definitionOf) ?? []);

const listeningOf = ({ id, type, config }: Component, definitionOf: Definitions): Listening | undefined => {
  const definition = definitionOf(type);
  if (!definition?.listens) return undefined;
  const parsed = definition.config.safeParse(config ?? {});
  const at = parsed.success ? definition.listens(parsed.data) : undefined;
  if (!at || at.port === 0) return undefined;
  const settings = Object.entries(parsed.data as Readonly<Record<string, unknown>>);
  const [field = 'port'] = settings.find(([name, value]) => /(^|_)port$/.test(name) && value === at.port) ?? [];
  return { component: id, at, field };
};

/** Whether two cannot listen at the same time. Those who share a port have paths of their own. */
export const clash = (one: ListenAddress, other: ListenAddress): boolean => {
  if (one.protocol !== other.protocol || one.port !== other.port || !overlap(one.host, other.host)) return false;
  const isShared = one.path !== undefined && other.path !== undefined && one.host === other.host;
  return !isShared || one.path === other.path;
};

const overlap = (one: string, other: string): boolean => isAny(one) || isAny(other) || hostOf(one) === hostOf(other);

const isAny = (host: string): boolean => ['', '0.0.0.0', '::'].includes(host);
const hostOf = (host: string): string => (host === 'localhost' ? '127.0.0.1' : host.toLowerCase());
