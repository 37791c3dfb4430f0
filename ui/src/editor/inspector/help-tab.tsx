import type { Component } from '@semstreams/contract';
import { useEditor } from '../editor-context.ts';
import styles from './inspector.module.css';

/** What a component type is for, with worked examples and the reasons for which it gives messages up. */
export const HelpTab = ({ component }: { component: Component }) => {
  const { types } = useEditor();
  const type = types.get(component.type);
  if (!type) return <p>The component type “{component.type}” is not known to this server. It is kept as it is.</p>;
  return (
    <div className={styles['sections']}>
      <p>{type.summary}</p>
      {type.examples.map((example) => (
        <section key={example.title}>
          <h3>{example.title}</h3>
          <Json title="Settings" value={example.config} />
          {Object.entries(example.given ?? {}).map(([port, messages]) => (
            <Json key={port} title={`Comes in by ${port}`} value={messages} />
          ))}
          {Object.entries(example.expect ?? {}).map(([port, messages]) => (
            <Json key={port} title={`Goes out by ${port}`} value={messages} />
          ))}
        </section>
      ))}
      <section>
        <h3>What it gives up on</h3>
        <dl className={styles['drops']}>
          {Object.entries(type.drops).map(([reason, sentence]) => (
            <div key={reason}>
              <dt>
                <code>{reason}</code>
              </dt>
              <dd>{sentence}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
};

const Json = ({ title, value }: { title: string; value: unknown }) => (
  <figure className={styles['json']}>
    <figcaption>{title}</figcaption>
    <pre tabIndex={0}>{JSON.stringify(value, null, 2)}</pre>
  </figure>
);
