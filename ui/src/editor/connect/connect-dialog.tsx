import { Button, Group, Modal, NativeSelect } from '@mantine/core';
import { type Component, endpointOf, type PortPlace, portsOf, portsOfComponent, refusal } from '@semstreams/contract';
import { useState } from 'react';
import { connectPorts } from '../actions.ts';
import { nameOf } from '../draft/edits.ts';
import { type Editor, useEditor, useFlow } from '../editor-context.ts';

/** Connects two components without a mouse. What cannot be connected is listed, too, with its reason. */
export const ConnectDialog = ({ from: start, close }: { from?: string | undefined; close: () => void }) => {
  const editor = useEditor();
  const flow = useFlow();
  const outputs = flow.components.flatMap((component) => placesOn(editor, component, 'output'));
  const inputs = flow.components.flatMap((component) => placesOn(editor, component, 'input'));
  const [from, setFrom] = useState(
    () => outputs.find(({ component }) => component === start) ?? (start === undefined ? outputs[0] : undefined),
  );
  const [to, setTo] = useState<PortPlace>();
  const reason = (place: PortPlace) => (from ? refusal(flow, editor.types, from, place) : undefined);
  const chosen = to ?? inputs.find((place) => from && reason(place) === undefined);
  const refused = from && chosen ? reason(chosen) : undefined;

  return (
    <Modal opened onClose={close} title="Connect to…">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (from && chosen && connectPorts(editor, from, chosen) === undefined) close();
        }}
      >
        <NativeSelect
          label="From"
          description="Where data comes out."
          value={from ? endpointOf(from) : ''}
          data={[
            ...(from ? [] : [{ value: '', label: 'This one sends nothing on; choose another' }]),
            ...outputs.map((place) => ({ value: endpointOf(place), label: titleOf(editor, flow.components, place) })),
          ]}
          onChange={({ currentTarget }) => setFrom(outputs.find((place) => endpointOf(place) === currentTarget.value))}
        />
        <NativeSelect
          data-autofocus
          mt="sm"
          label="To"
          description="Where it goes in."
          error={refused}
          value={chosen ? endpointOf(chosen) : ''}
          data={[
            ...(chosen ? [] : [{ value: '', label: 'Nothing here takes it in' }]),
            ...inputs.map((place) => ({
              value: endpointOf(place),
              label: titleOf(editor, flow.components, place) + (reason(place) === undefined ? '' : ' (does not fit)'),
            })),
          ]}
          onChange={({ currentTarget }) => setTo(inputs.find((place) => endpointOf(place) === currentTarget.value))}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" disabled={!from || !chosen || refused !== undefined}>
            Connect
          </Button>
        </Group>
      </form>
    </Modal>
  );
};

const placesOn = ({ types }: Editor, component: Component, direction: 'input' | 'output'): PortPlace[] =>
  portsOf(portsOfComponent(component, types), direction).map((port) => ({ component: component.id, port }));

/** The component's name, with the port where there are several. */
const titleOf = ({ types }: Editor, components: readonly Component[], { component: id, port }: PortPlace): string => {
  const component = components.find((each) => each.id === id)!;
  const ports = portsOfComponent(component, types);
  const isOnly = portsOf(ports, ports[port]?.direction ?? 'input').length < 2;
  return isOnly ? nameOf(component) : `${nameOf(component)}: ${ports[port]?.title ?? port} (${port})`;
};
