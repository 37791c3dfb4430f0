import type { Category } from '@semstreams/contract';
import { categories, componentIcons } from './component-icons.ts';
import styles from './component-icon.module.css';

/** The tile that stands for a component type: its icon on the colour of its category. Decoration beside a name. */
export const ComponentIcon = ({ icon, category, size = 28 }: { icon: string; category: Category; size?: number }) => {
  const Icon = componentIcons[icon] ?? categories[category].icon;
  return (
    <span className={styles['tile']} data-category={category} style={{ width: size, height: size }} aria-hidden>
      <Icon size={Math.round(size * 0.57)} strokeWidth={2} />
    </span>
  );
};
