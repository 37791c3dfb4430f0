import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it, vi } from 'vitest';
import { rooms } from '../eslint.config.js';
import { circlesIn, filesIn, importsByFile, roomOf, upsideDown, usedBy } from './rooms.mjs';
import { root } from './setup/root.mjs';

// eslint reads all types first, which takes long where the machine is busy
vi.setConfig({ testTimeout: 120_000 });

const eslint = new ESLint({ cwd: root });

/** What is wrong with a text, as if it stood in this file. Nothing is written; the file need not exist. */
const complaints = async (file, text) => {
  const [{ messages }] = await eslint.lintText(text, { filePath: join(root, file) });
  return messages;
};

/** The rules that it breaks. */
const broken = async (file, text) => (await complaints(file, text)).map(({ ruleId, message }) => ruleId ?? message);

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
      'supervision imports the entry',
      'server/src/supervision/offender.ts',
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

  it('a component type that imports another one', async () => {
    const text = "import '../udp-input/udp-input.component.ts';";
    const file = 'server/src/component-types/inputs/tcp-input/offender.ts';
    expect(await broken(file, text)).toContain('import-x/no-restricted-paths');
    expect(await broken(file.replace('.ts', '.test.ts'), text)).toEqual([]);
  });

  it('a room that stands on one above it', () => {
    expect(upsideDown({ a: { uses: [] }, b: { uses: ['a', 'c'] }, c: { uses: ['b'] } })).toEqual(['b on c']);
  });

  it('files that know each other round about, if only by their types', () => {
    const imports = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a', 'd']],
      ['d', []],
      ['e', ['a']],
    ]);
    expect(circlesIn(imports)).toEqual([['a', 'b', 'c']]);
  });

  const server = Object.keys(rooms).filter((room) => room.startsWith('server/src/'));
  it.each(server)('%s imports what it may not', async (room) => {
    const others = server.filter((other) => other !== room && !rooms[room].uses.includes(other));
    const imports = others.map((other) => {
      const name = filesIn(other).find((file) => file.endsWith('.ts') && !/\.(test|contract)\./.test(file));
      return `import './${relative(join(root, room), join(root, other, name))}';`;
    });
    const messages = await complaints(`${room}/offender.ts`, imports.join('\n'));
    const caught = messages.filter(({ ruleId }) => ruleId === 'import-x/no-restricted-paths').map(({ line }) => line);
    expect(others.filter((_, index) => !caught.includes(index + 1))).toEqual([]);
  });
});

describe('the fences', () => {
  it('stand around every file of the server but those at its entry', () => {
    const open = readdirSync(join(root, 'server/src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .filter((file) => roomOf(file) === undefined);
    expect(open.filter((file) => dirname(file) !== 'server/src')).toEqual([]);
  });

  it('name only rooms that exist', () => {
    const named = Object.entries(rooms).flatMap(([room, { uses }]) => [room, ...uses]);
    expect(named.filter((room) => !existsSync(join(root, room)))).toEqual([]);
  });

  it('see no circle of files', () => expect(circlesIn(importsByFile())).toEqual([]));

  it('let every room stand on others, and none in a circle', () => expect(upsideDown(rooms)).toEqual([]));

  it.each(Object.keys(rooms))('have no gate at %s that nobody goes through', (room) => {
    const unused = rooms[room].uses.filter((other) => !usedBy(room).includes(other));
    expect(unused.filter((other) => other !== 'contract')).toEqual([]);
  });
});
