import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it, vi } from 'vitest';
import { layers } from '../eslint.config.js';
import { root } from './setup/root.mjs';

// eslint reads all types first, which takes long where the machine is busy
vi.setConfig({ testTimeout: 120_000 });

const eslint = new ESLint({ cwd: root });

/** The rules that a text breaks, as if it stood in this file. Nothing is written; the file need not exist. */
const broken = async (file, text) => {
  const [{ messages }] = await eslint.lintText(text, { filePath: join(root, file) });
  return messages.map(({ ruleId, message }) => ruleId ?? message);
};

describe('a planted offender is caught:', () => {
  it.each([
    ['the engine knows NATS', 'server/src/engine/offender.ts', "import '@nats-io/kv';", 'no-restricted-imports'],
    ['the engine knows Nest', 'server/src/engine/offender.ts', "import '@nestjs/common';", 'no-restricted-imports'],
    ['the engine knows HTTP', 'server/src/engine/offender.ts', "import 'node:http';", 'no-restricted-imports'],
    [
      'flows speak with NATS themselves',
      'server/src/flows/offender.ts',
      "import '@nats-io/kv';",
      'no-restricted-imports',
    ],
    [
      'the runtime imports the entry',
      'server/src/runtime/offender.ts',
      "import '../main.ts';",
      'no-restricted-imports',
    ],
    [
      'the engine imports the module',
      'server/src/engine/offender.ts',
      "import '../app.module.ts';",
      'no-restricted-imports',
    ],
    ['a list knows React Flow', 'ui/src/flows/offender.ts', "import '@xyflow/react';", 'no-restricted-imports'],
    ['the editor knows React Flow', 'ui/src/editor/offender.ts', "import '@xyflow/react';", 'no-restricted-imports'],
    [
      'the ui imports the server',
      'ui/src/flows/offender.ts',
      "import '../../../server/src/engine/fault.ts';",
      'import-x/no-restricted-paths',
    ],
    [
      'the contract imports the ui',
      'contract/src/offender.ts',
      "import '../../ui/src/design/format.ts';",
      'import-x/no-restricted-paths',
    ],
    ['code from text', 'server/src/engine/offender.ts', "export const made = eval('1');", 'no-eval'],
    ['a function from text', 'server/src/engine/offender.ts', "export const made = new Function('1');", 'no-new-func'],
    ['equal, more or less', 'contract/src/offender.ts', 'export const is = (a: unknown) => a == 1;', 'eqeqeq'],
    ['any', 'contract/src/offender.ts', 'export const value: any = 1;', '@typescript-eslint/no-explicit-any'],
    ['something unused', 'contract/src/offender.ts', 'const value = 1;', '@typescript-eslint/no-unused-vars'],
    [
      'a hook behind a condition',
      'ui/src/flows/offender.tsx',
      "import { useState } from 'react';\nexport const useIt = (is: boolean) => { if (is) useState(1); };",
      'react-hooks/rules-of-hooks',
    ],
    [
      'an effect that forgets what it reads',
      'ui/src/flows/offender.tsx',
      "import { useEffect } from 'react';\nexport const useIt = (a: number) => useEffect(() => { console.log(a); }, []);",
      'react-hooks/exhaustive-deps',
    ],
  ])('%s', async (_, file, text, rule) => expect(await broken(file, text)).toContain(rule));

  it('a circle of imports', async () => {
    const folder = mkdtempSync(join(root, 'scripts', 'circle-'));
    try {
      writeFileSync(join(folder, 'a.ts'), "import { b } from './b.ts';\nexport const a = () => b;\n");
      writeFileSync(join(folder, 'b.ts'), "import { a } from './a.ts';\nexport const b = () => a;\n");
      const [{ messages }] = await eslint.lintFiles(join(folder, 'a.ts'));
      expect(messages.map(({ ruleId }) => ruleId)).toEqual(['import-x/no-cycle']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const server = Object.keys(layers).filter((folder) => folder.startsWith('server/src/'));
  const pairs = server.flatMap((folder) =>
    server.filter((other) => other !== folder && !layers[folder].includes(other)).map((other) => [folder, other]),
  );
  it.each(pairs)('%s imports %s', async (folder, other) => {
    const name = readdirSync(join(root, other)).find((each) => each.endsWith('.ts') && !each.includes('.test.'));
    const text = `import '../${other.split('/').at(-1)}/${name}';`;
    expect(await broken(`${folder}/offender.ts`, text)).toContain('import-x/no-restricted-paths');
  });
});

describe('the fences', () => {
  it('stand around every folder of the server', () => {
    const folders = readdirSync(join(root, 'server/src'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(folders.map(({ name }) => `server/src/${name}`).filter((folder) => !(folder in layers))).toEqual([]);
  });

  it('name only folders that exist', () => {
    const named = Object.entries(layers).flatMap(([folder, allowed]) => [folder, ...allowed]);
    expect(named.filter((folder) => !existsSync(join(root, folder)))).toEqual([]);
  });
});
