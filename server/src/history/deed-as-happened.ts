import type { AuditNote } from '../access/audit.ts';
import type { Happened } from '../supervision/observed/happened.ts';

/** What somebody did with a flow, as it is told to all who may look at that; undefined for what is of the audit alone. */
export const deedAsHappened = ({ what, outcome, who, flow, detail }: AuditNote): Happened | undefined => {
  if (outcome !== 'done') return undefined;
  if (what === 'restoreBackup' || what === 'restoreKeptBackup')
    return { kind: 'deployed', level: 'info', sentence: 'a backup was restored', who };
  const told = deeds[what];
  if (!told || flow === undefined) return undefined;
  const [kind, sentence] = told;
  return {
    kind,
    level: 'info',
    flow,
    who,
    sentence: detail && kind === 'deployed' ? `${sentence}: ${detail}` : sentence,
  };
};

const deeds: Readonly<Record<string, readonly [Happened['kind'], string] | undefined>> = {
  deployFlow: ['deployed', 'deployed'],
  applyFlows: ['deployed', 'deployed from files'],
  startFlow: ['asked', 'asked to run'],
  stopFlow: ['asked', 'asked to stop'],
  deleteFlow: ['deleted', 'deleted'],
};
