import 'reflect-metadata';

/** Prints one of the generated reference files: `node dist/reference.js openapi`. What decorators need is there before they are. */
const { pages } = await import('./reference-pages.ts');
const make = pages[process.argv[2] ?? ''];
if (!make) throw new Error(`there are ${Object.keys(pages).join(', ')}`);
process.stdout.write(await make());
