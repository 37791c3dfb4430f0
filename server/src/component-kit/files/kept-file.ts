import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from './data-files.ts';
import { placesFolder } from './places-folder.ts';

/**
 * What an input remembers of its source over restarts, as one JSON value in a file of its own, beside the places of other inputs. It is
 * replaced as a whole, so that a kill or a power cut leaves the value before or the one after.
 */
export class KeptFile {
  private readonly path: string;

  constructor(given: { readonly dataDir: string; readonly flow: string; readonly component: string }) {
    this.path = join(given.dataDir, placesFolder, given.flow, given.component);
  }

  /** What was kept last; undefined where there is nothing that can be read. */
  async read(): Promise<unknown> {
    const content = await readFile(this.path, 'utf8').catch(() => '');
    const [sum, text] = [content.slice(0, content.indexOf('\n')), content.slice(content.indexOf('\n') + 1)];
    return sum === hash(text) ? (JSON.parse(text) as unknown) : undefined;
  }

  /** Resolves when it is on disk. */
  async write(value: unknown): Promise<void> {
    const text = JSON.stringify(value);
    await mkdir(dirname(this.path), { recursive: true });
    const file = await open(`${this.path}.next`, 'w');
    try {
      await file.writeFile(`${hash(text)}\n${text}`);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(`${this.path}.next`, this.path);
    await syncFolder(this.path);
  }
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');
