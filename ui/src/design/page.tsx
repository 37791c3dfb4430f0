import { type ReactNode, useEffect } from 'react';
import styles from './page.module.css';

/** A page as every page begins: its title in the tab, one h1, a sentence, and at most one primary button to the right. */
export const Page = ({
  title,
  documentTitle = title,
  above,
  sentence,
  actions,
  children,
}: {
  title: string;
  documentTitle?: string;
  /** Where the page stands, as links to what is around it. */
  above?: ReactNode;
  sentence?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) => {
  useDocumentTitle(documentTitle);
  return (
    <div className={styles['page']}>
      <header className={styles['header']}>
        <div className={styles['titles']}>
          {above ? <p className={styles['above']}>{above}</p> : null}
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
