import { Button } from '@mantine/core';
import { Play } from 'lucide-react';
import { useNavigate } from 'react-router';
import { deployFlow } from '../api/flows.ts';
import { useAction } from '../design/use-action.ts';
import { addFlow } from './flow-actions.ts';
import { TemplateCard } from './template-card.tsx';
import { type Template, templates } from './templates.ts';
import styles from './first-flow.module.css';

/** What stands in place of an empty list: flows that move within seconds, without any device. */
export const FirstFlow = () => (
  <section className={styles['first']} aria-labelledby="first-flow">
    <h2 id="first-flow">Begin with a flow that runs at once</h2>
    <p>
      A flow gets data in, changes it and sends it out. These need no device: a simulator or a recording stands in. What
      sends to a broker or a server waits until that is there. Change them as you like.
    </p>
    <ul className={styles['templates']}>
      {templates.map((template) => (
        <li key={template.id}>
          <TemplateCard template={template}>
            <TryButton template={template} />
          </TemplateCard>
        </li>
      ))}
    </ul>
  </section>
);

const TryButton = ({ template }: { template: Template }) => {
  const navigate = useNavigate();
  const { isBusy, failure, act } = useAction();
  const tryOut = async (): Promise<void> => {
    const flow = await addFlow(template.document);
    await deployFlow(flow.id).finally(() => navigate(`/flows/${flow.id}`));
  };
  return (
    <div>
      <Button
        variant="light"
        leftSection={<Play size={14} aria-hidden />}
        loading={isBusy}
        aria-label={`Try ${template.title}`}
        onClick={() => void act(tryOut)}
      >
        Try it
      </Button>
      {failure ? <p role="alert">{failure}</p> : null}
    </div>
  );
};
