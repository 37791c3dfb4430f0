import { useQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import { componentTypesQuery } from '../api/system.ts';
import { ComponentIcon } from '../design/component-icon.tsx';
import type { Template } from './templates.ts';
import styles from './template-card.module.css';

/** A template: what it is, what is in it, and what can be done with it. */
export const TemplateCard = ({ template, children }: { template: Template; children?: ReactNode }) => (
  <div className={styles['card']}>
    <TemplateChain template={template} />
    <div>
      <h3>{template.title}</h3>
      <p>{template.summary}</p>
    </div>
    {children}
  </div>
);

/** The components of a template as a row of icons, in the order of its document. */
export const TemplateChain = ({ template }: { template: Template }) => {
  const { data: types } = useQuery(componentTypesQuery);
  return (
    <div className={styles['chain']} aria-hidden>
      {template.document.components.map(({ id, type }, index) => {
        const found = types?.find((candidate) => candidate.type === type);
        return (
          <Fragment key={id}>
            {index > 0 ? <ChevronRight size={13} /> : null}
            <ComponentIcon icon={found?.icon ?? ''} category={found?.category ?? 'processor'} size={26} />
          </Fragment>
        );
      })}
    </div>
  );
};
