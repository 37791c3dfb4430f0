import { Button, Modal } from '@mantine/core';
import styles from './dead-letters.module.css';

/** Messages that failed before the flow was started anew may have come again since: sent again, they would come twice. */
export const ResendDialog = ({
  count,
  onCancel,
  onResend,
}: {
  count: number;
  onCancel: () => void;
  onResend: () => void;
}) => (
  <Modal
    opened
    onClose={onCancel}
    title={count === 1 ? 'Send this dead letter again?' : `Send ${count} dead letters again?`}
  >
    <p>
      The flow was started anew after {count === 1 ? 'it' : 'some of them'} failed. Where its input has read the same
      file or asked for the same data again since, {count === 1 ? 'this message' : 'these messages'} came once more
      already: sent again, what goes well now comes twice.
    </p>
    <div className={styles['buttons']}>
      <Button variant="default" onClick={onCancel} data-autofocus>
        Do not send
      </Button>
      <Button onClick={onResend}>Send again</Button>
    </div>
  </Modal>
);
