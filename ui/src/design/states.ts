import { type ComponentState, type FlowStatus, isMild, type Observed } from '@semstreams/contract';
import {
  CircleCheck,
  CircleDashed,
  CircleStop,
  Info,
  LoaderCircle,
  type LucideIcon,
  OctagonX,
  TriangleAlert,
} from 'lucide-react';

export type Tone = 'ok' | 'warn' | 'bad' | 'idle';

/** How a state looks and what it is called: icon, word and colour together, never colour alone. */
export interface StateLook {
  readonly word: string;
  readonly tone: Tone;
  readonly icon: LucideIcon;
}

/** States of flows and of components in one table: a word means the same thing in both. */
export const states: Readonly<Record<Observed | ComponentState, StateLook>> = {
  running: { word: 'Running', tone: 'ok', icon: CircleCheck },
  degraded: { word: 'Needs attention', tone: 'warn', icon: TriangleAlert },
  waiting: { word: 'Waiting', tone: 'warn', icon: TriangleAlert },
  failed: { word: 'Failed', tone: 'bad', icon: OctagonX },
  starting: { word: 'Starting', tone: 'idle', icon: LoaderCircle },
  stopping: { word: 'Stopping', tone: 'idle', icon: LoaderCircle },
  stopped: { word: 'Stopped', tone: 'idle', icon: CircleStop },
};

export const notDeployed: StateLook = { word: 'Not deployed', tone: 'idle', icon: CircleDashed };

/** A flow that runs well, and out of which nothing comes, does not look like one that is known to be right. */
export const lookOf = ({ observed, notices }: Pick<FlowStatus, 'observed' | 'notices'>): StateLook => {
  const look = states[observed];
  if (observed !== 'running' || !notices.some(isMild)) return look;
  const isClosed = notices.some(({ kind }) => kind === 'passes_nothing');
  return isClosed ? { ...look, tone: 'warn', icon: TriangleAlert } : { ...look, tone: 'idle', icon: Info };
};
