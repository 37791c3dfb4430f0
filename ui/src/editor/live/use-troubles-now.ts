import type { FlowStatus } from '@semstreams/contract';
import { useFlowStatus } from '../../live/use-live.ts';
import { nameOf } from '../draft/edits.ts';
import { useEditor, useFlow } from '../editor-context.ts';

/** What is wrong with a component that runs, or should. */
export interface Trouble {
  /** The component's id. */
  readonly id: string;
  readonly name: string;
  readonly sentence: string;
  readonly since: string | undefined;
  readonly isFailed: boolean;
}

/** What is wrong with the flow as it runs, component by component. */
export const useTroublesNow = (): readonly Trouble[] => {
  const { id } = useEditor();
  const { components } = useFlow();
  const status = useFlowStatus(id);
  const names = new Map(components.map((component) => [component.id, nameOf(component)]));
  return status ? troublesIn(status, (component) => names.get(component) ?? component) : [];
};

export const troublesIn = ({ components }: FlowStatus, nameOfId: (id: string) => string): readonly Trouble[] =>
  components.flatMap(({ id, state, sentence, trouble, since }): Trouble[] => {
    const isFailed = state === 'failed';
    const said = isFailed ? sentence : trouble;
    return said === undefined || said === '' ? [] : [{ id, name: nameOfId(id), sentence: said, since, isFailed }];
  });
