import { Button, Modal, Radio, TextInput } from '@mantine/core';
import { SquareDashed } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import dialog from '../design/dialog.module.css';
import { useAction } from '../design/use-action.ts';
import { addFlow } from './flow-actions.ts';
import { TemplateChain } from './template-card.tsx';
import { templates } from './templates.ts';
import styles from './new-flow-dialog.module.css';

/** A new draft: blank, or from a template. It opens in the editor and runs when it is deployed. */
export const NewFlowDialog = ({ onClose }: { onClose: () => void }) => {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [start, setStart] = useState('blank');
  const { isBusy, failure, act } = useAction();
  const template = templates.find(({ id }) => id === start);
  const wanted = name.trim() || template?.title || '';

  const make = (event: FormEvent): void => {
    event.preventDefault();
    void act(async () => {
      const flow = await addFlow({ ...(template?.document ?? { components: [] }), name: wanted });
      onClose();
      void navigate(`/flows/${flow.id}`);
    });
  };

  return (
    <Modal opened onClose={onClose} title="New flow" size={560}>
      <form className={dialog['form']} onSubmit={make}>
        <TextInput
          label="Name"
          placeholder={template?.title ?? 'Drone telemetry'}
          data-autofocus
          maxLength={120}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Radio.Group label="Begin with" value={start} onChange={setStart}>
          <div className={styles['starts']}>
            <Radio.Card value="blank" className={styles['start']} aria-label="Blank">
              <span className={styles['blank']} aria-hidden>
                <SquareDashed size={17} />
              </span>
              <span className={styles['words']}>
                <b>Blank</b>
                <small>Nothing in it yet</small>
              </span>
            </Radio.Card>
            {templates.map((choice) => (
              <Radio.Card key={choice.id} value={choice.id} className={styles['start']} aria-label={choice.title}>
                <span className={styles['words']}>
                  <b>{choice.title}</b>
                  <small>{choice.summary}</small>
                </span>
                <TemplateChain template={choice} />
              </Radio.Card>
            ))}
          </div>
        </Radio.Group>
        {failure ? (
          <p className={dialog['failure']} role="alert">
            {failure}
          </p>
        ) : null}
        <div className={dialog['buttons']}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isBusy} disabled={wanted === ''}>
            Create
          </Button>
        </div>
      </form>
    </Modal>
  );
};
