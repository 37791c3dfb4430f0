import { Button, Modal } from '@mantine/core';
import styles from './dead-letters.module.css';

/** What is thrown away cannot be had back, so it is asked for once. */
export const DiscardDialog = ({
  count,
  onCancel,
  onDiscard,
}: {
  count: number;
  onCancel: () => void;
  onDiscard: () => void;
}) => (
  <Modal
    opened
    onClose={onCancel}
    title={count === 1 ? 'Throw this dead letter away?' : `Throw ${count} dead letters away?`}
  >
    <p>{count === 1 ? 'It cannot be had back.' : 'They cannot be had back.'}</p>
    <div className={styles['buttons']}>
      <Button variant="default" onClick={onCancel} data-autofocus>
        Keep
      </Button>
      <Button color="bad" onClick={onDiscard}>
        Throw away
      </Button>
    </div>
  </Modal>
);
