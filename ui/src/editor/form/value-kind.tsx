import { Ban, Braces, Hash, List, type LucideIcon, ToggleLeft, Type } from 'lucide-react';
import styles from './schema-form.module.css';
import { type ValueKind, valueKinds, valueKindTitles } from './value-text.ts';

const icons: Readonly<Record<ValueKind, LucideIcon>> = {
  text: Type,
  number: Hash,
  yes_no: ToggleLeft,
  list: List,
  empty: Ban,
  json: Braces,
};

/** What a value is understood as: an icon that is a choice, too. */
export const ValueKindChoice = ({
  title,
  kind,
  choose,
}: {
  title: string;
  kind: ValueKind;
  choose: (kind: ValueKind) => void;
}) => {
  const Icon = icons[kind];
  return (
    <span className={styles['kind']} title={`Understood as: ${valueKindTitles[kind]}`}>
      <Icon size={13} aria-hidden />
      <select
        aria-label={`${title}: understood as`}
        value={kind}
        onChange={({ currentTarget }) => choose(currentTarget.value as ValueKind)}
      >
        {valueKinds.map((each) => (
          <option key={each} value={each}>
            {valueKindTitles[each]}
          </option>
        ))}
      </select>
    </span>
  );
};
