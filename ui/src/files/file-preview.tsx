import { Button } from '@mantine/core';
import { type FilePreview as Preview, paths } from '@semstreams/contract';
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { previewQuery } from '../api/files.ts';
import { formatBytes, formatMoment } from '../design/format.ts';
import { LoadFailure } from '../design/load-failure.tsx';
import styles from './files.module.css';
import { PreviewTable } from './preview-table.tsx';
import { inWords } from './read-as.ts';

/** What a file holds: in a sentence, by its first rows, and by its last ones where there are more. */
export const FilePreview = ({ path, refreshMs }: { path: string; refreshMs?: number }) => {
  const { data, error, refetch } = useQuery({
    ...previewQuery(path),
    ...(refreshMs === undefined ? {} : { refetchInterval: refreshMs }),
  });
  if (error && !data) return <LoadFailure error={error} onRetry={() => void refetch()} />;
  if (!data) return <p>Looking into the file…</p>;
  return (
    <section className={styles['preview']} aria-label={`Preview of ${path}`}>
      <header>
        <div>
          <h3>{path}</h3>
          <p>
            {inWords(data)}. {formatBytes(data.bytes)}, changed {formatMoment(new Date(data.changed_at), new Date())}.
          </p>
        </div>
        <Button
          component="a"
          variant="default"
          href={paths.fileContent(path)}
          download
          leftSection={<Download size={14} aria-hidden />}
        >
          Download
        </Button>
      </header>
      {data.problem === undefined ? null : <p role="alert">It cannot be read further: {data.problem}.</p>}
      <Content preview={data} />
    </section>
  );
};

const Content = ({ preview }: { preview: Preview }) => {
  const { rows, last_rows: last, columns, hex, is_whole: isWhole } = preview;
  if (hex !== undefined) return <pre className={styles['hex']}>{hex.replace(/(.{2})/g, '$1 ').trim()}</pre>;
  if (rows.length === 0) return null;
  return (
    <>
      <h4>{isWhole ? (rows.length === 1 ? 'One row' : `All ${rows.length} rows`) : `The first ${rows.length} rows`}</h4>
      <PreviewTable rows={rows} columns={columns} title="First rows" />
      {last.length > 0 ? (
        <>
          <h4>The last {last.length} rows</h4>
          <PreviewTable rows={last} columns={columns} title="Last rows" />
        </>
      ) : null}
    </>
  );
};
