import type { DragEvent } from 'react';

const format = 'application/x-semstreams-type';

export const dragType = (event: DragEvent, type: string): void => {
  event.dataTransfer.setData(format, type);
  event.dataTransfer.effectAllowed = 'copy';
};

/** The component type that is dragged. While it is on its way browsers tell only that there is one. */
export const typeDragged = (event: DragEvent, isOnItsWay = false): string | undefined => {
  if (!event.dataTransfer.types.includes(format)) return undefined;
  return isOnItsWay ? format : event.dataTransfer.getData(format);
};
