/** What reads files. */
export const readingType = 'file_input';

/** Whether a file of this computer is dragged; which one browsers tell only when it is dropped. */
export const isFileDragged = ({ dataTransfer }: { readonly dataTransfer: DataTransfer | null }): boolean =>
  dataTransfer?.types.includes('Files') === true;
