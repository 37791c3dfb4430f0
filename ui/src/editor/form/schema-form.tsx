import { placeOf } from '@semstreams/contract';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useId, useState } from 'react';
import { type ConfigPath, readAt } from '../draft/config-path.ts';
import { type Field, isShown } from './fields.ts';
import { useForm } from './form-context.ts';
import styles from './schema-form.module.css';

/** The fields of an object, in the author's order; what few people need stands below "More options". */
export const SchemaForm = ({ fields, path = [] }: { fields: readonly Field[]; path?: ConfigPath }) => {
  const { config, findingAt } = useForm();
  const values = readAt(config, path);
  const shown = fields.filter((field) => isShown(field, fields, values));
  const basic = shown.filter(({ isAdvanced }) => !isAdvanced);
  const advanced = shown.filter(({ isAdvanced }) => isAdvanced);
  const isWrong = advanced.some(({ name }) => findingAt(placeOf([...path, name])) !== undefined);
  return (
    <div className={styles['fields']}>
      {basic.map((field) => (
        <FieldControl key={field.name} field={field} path={[...path, field.name]} />
      ))}
      {advanced.length > 0 ? <MoreOptions fields={advanced} path={path} isWrong={isWrong} /> : null}
    </div>
  );
};

const FieldControl = ({ field, path }: { field: Field; path: ConfigPath }) => {
  const { config, Control } = useForm();
  const isCompact = path.length > 1;
  return (
    <div data-wide={isWide(field)} title={isCompact ? field.help : undefined}>
      <Control field={isCompact ? { ...field, help: undefined } : field} path={path} value={readAt(config, path)} />
    </div>
  );
};

/** What needs a line of its own inside of an entry. */
const isWide = ({ kind, ...field }: Field): boolean =>
  kind === 'text'
    ? 'isPath' in field && field.isPath
    : !['number', 'choice', 'switch', 'duration', 'size', 'value'].includes(kind);

const MoreOptions = ({ fields, path, isWrong }: { fields: readonly Field[]; path: ConfigPath; isWrong: boolean }) => {
  const { given } = useForm();
  const isSet = fields.some(({ name }) => readAt(given, [...path, name]) !== undefined);
  const [isOpened, setOpened] = useState(isSet);
  const isOpen = isOpened || isWrong;
  const id = useId();
  const Icon = isOpen ? ChevronDown : ChevronRight;
  return (
    <section>
      <button
        type="button"
        className={styles['more']}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpened(!isOpen)}
      >
        <Icon size={14} aria-hidden />
        More options
      </button>
      <div id={id} className={styles['fields']} hidden={!isOpen}>
        {isOpen
          ? fields.map((field) => <FieldControl key={field.name} field={field} path={[...path, field.name]} />)
          : null}
      </div>
    </section>
  );
};
