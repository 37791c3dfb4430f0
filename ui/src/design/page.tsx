import { type ReactNode, useEffect } from 'react';
import styles from './page.module.css';

/** A page as every page begins: its title in the tab, one h1, a sentence, and at most one primary button to the right. */
export const Page = ({
  title,
  documentTitle = title,
  sentence,
  actions,
  children,
}: {
  title: string;
  documentTitle?: string;
  sentence?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) => {
  useDocumentTitle(documentTitle);
  return (
    <div className={styles['page']}>
      <header className={styles['header']}>
        <div className={styles['titles']}>
          <h1>{title}</h1>
          {sentence ? <p>{sentence}</p> : null}
        </div>
        {actions ? <div className={styles['actions']}>{actions}</div> : null}
      </header>
      {children}
    </div>
  );
};

/** The title in the tab and in the history, followed by the product's name. */
export const useDocumentTitle = (title: string): void => {
  useEffect(() => {
    document.title = `${title} · SemStreams`;
  }, [title]);
};
