import { Button, Group, Modal } from '@mantine/core';

/** Asks before a flow is deleted that runs, or that keeps something: what is lost is said before. */
export const DeleteDialog = ({
  name,
  runs,
  lost,
  onCancel,
  onDelete,
}: {
  name: string;
  runs: boolean;
  lost: readonly string[];
  onCancel: () => void;
  onDelete: () => void;
}) => {
  const what = runs ? 'Stop and delete' : 'Delete';
  return (
    <Modal opened onClose={onCancel} title={`${what} “${name}”?`}>
      {runs ? <p>It runs at present. What comes from now on is not taken any more.</p> : null}
      {lost.map((sentence) => (
        <p key={sentence}>{sentence}.</p>
      ))}
      <p>
        It can be taken back for a few seconds, with its versions and all that waits. After that it is gone for good.
      </p>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onCancel} data-autofocus>
          Keep it
        </Button>
        <Button color="bad" onClick={onDelete}>
          {what}
        </Button>
      </Group>
    </Modal>
  );
};
