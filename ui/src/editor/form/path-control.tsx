import { Autocomplete, type AutocompleteProps } from '@mantine/core';
import { useForm } from './form-context.ts';
import styles from './schema-form.module.css';

interface PathProps {
  readonly common: AutocompleteProps;
  readonly change: (typed: string) => void;
}

/** Names a field: those that came by are offered, each with a value that it had. Any other can be typed, too. */
export const PathControl = ({ common, change }: PathProps) => {
  const { seen } = useForm();
  const valueOf = new Map(seen.map(({ path, values }) => [path, values[0]]));
  return (
    <Autocomplete
      {...common}
      classNames={{ input: styles['path']! }}
      data={[...valueOf.keys()]}
      limit={mostOffered}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      renderOption={({ option }) => (
        <span className={styles['offered']}>
          <b>{option.value}</b>
          <small>{valueOf.get(option.value)}</small>
        </span>
      )}
      onChange={change}
    />
  );
};

/** More than these nobody reads; a letter or two bring the others. */
const mostOffered = 50;
