import { ActionIcon, Input, Tooltip } from '@mantine/core';
import { placeOf } from '@semstreams/contract';
import { RotateCcw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { readAt } from '../draft/config-path.ts';
import { problemOf } from './check.ts';
import { type ControlProps, useForm } from './form-context.ts';
import styles from './schema-form.module.css';
import { textOfValue } from './value-text.ts';

/** Where a control is found when a problem names it. */
export const placeAttribute = (path: ControlProps['path']) => ({ 'data-field': placeOf(path) });

/** Title, help, control and what is wrong with it, for controls that consist of several parts. */
export const Labelled = ({
  field,
  path,
  value,
  children,
  aside,
}: ControlProps & { children: ReactNode; aside?: ReactNode }) => {
  const problem = useProblem({ field, path, value });
  return (
    <fieldset className={styles['parts']} {...placeAttribute(path)} tabIndex={-1}>
      <legend>
        {field.title}
        {aside}
      </legend>
      {field.help ? <p className={styles['help']}>{field.help}</p> : null}
      {children}
      {problem.shown ? <Input.Error>{problem.shown}</Input.Error> : null}
    </fieldset>
  );
};

/**
 * What is wrong with a field: by the form's own check once the field was left, else by the server's. `left` is told when
 * that happens.
 */
export const useProblem = ({ field, path, value }: ControlProps): { shown: string | undefined; left: () => void } => {
  const { findingAt, leave } = useForm();
  const [wasLeft, setLeft] = useState(false);
  const own = problemOf(field, value);
  const finding = findingAt(placeOf(path));
  return {
    // what nobody has filled in yet is no mistake before it was left
    shown: wasLeft || (finding !== undefined && value !== undefined) ? (own ?? finding) : undefined,
    left: () => {
      setLeft(true);
      leave();
    },
  };
};

/** Gives a setting back to its default, which the tooltip names. */
export const BackToDefault = ({ field, path }: ControlProps) => {
  const { given, write, leave } = useForm();
  if (readAt(given, path) === undefined || field.fallback === undefined) return null;
  const shown = textOfValue(field.fallback);
  const title = shown.length > 0 && shown.length < 40 ? `Back to the default, ${shown}` : 'Back to the default';
  return (
    <Tooltip label={title}>
      <ActionIcon
        size="xs"
        className={styles['back']}
        aria-label={`${field.title}: ${title.toLowerCase()}`}
        onClick={() => {
          write(path, undefined, field.title);
          leave();
        }}
      >
        <RotateCcw size={11} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
};
