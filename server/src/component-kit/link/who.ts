import packageJson from '../../../package.json' with { type: 'json' };
import type { Io } from '../../engine/component.ts';

/** Who one side of a link is, where nobody has named it: unique, and the same after a start. */
export const whoIs = (
  { flow, component, instance }: Pick<Io, 'flow' | 'component' | 'instance'>,
  name = '',
): { readonly name: string; readonly instance: string; readonly product: string } => ({
  name: name === '' ? `${flow}.${component}@${instance.slice(0, 8)}` : name,
  instance,
  product: `SemStreams v${packageJson.version}`,
});

const usualHeartbeatMs = 10_000;

/** How often it says something who gives a silent far side up after so many milliseconds; 0 is never. */
export const heartbeatOf = (silenceMs: number): number =>
  silenceMs === 0 ? usualHeartbeatMs : Math.min(usualHeartbeatMs, Math.max(100, Math.round(silenceMs / 3)));
