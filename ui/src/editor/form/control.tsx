import type { ComponentType as ReactComponent } from 'react';
import { ChoiceControl } from './choice-control.tsx';
import { EitherControl } from './either-control.tsx';
import type { Field } from './fields.ts';
import type { ControlProps } from './form-context.ts';
import { GroupControl } from './group-control.tsx';
import { JsonControl } from './json-control.tsx';
import { ListControl } from './list-control.tsx';
import { MapControl } from './map-control.tsx';
import { SwitchControl } from './switch-control.tsx';
import { TextControl } from './text-control.tsx';
import { TextsControl } from './texts-control.tsx';
import { ValueControl } from './value-control.tsx';

const controls: { readonly [Kind in Field['kind']]: ReactComponent<ControlProps<never>> } = {
  text: TextControl,
  number: TextControl,
  duration: TextControl,
  size: TextControl,
  switch: SwitchControl,
  choice: ChoiceControl,
  value: ValueControl,
  group: GroupControl,
  texts: TextsControl,
  list: ListControl,
  shapes: ListControl,
  map: MapControl,
  either: EitherControl,
  json: JsonControl,
};

/** The control of a field, as its kind asks for it. */
export const Control = (props: ControlProps) => {
  const Kind = controls[props.field.kind] as ReactComponent<ControlProps>;
  return <Kind {...props} />;
};
