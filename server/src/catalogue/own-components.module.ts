import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Module, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../config/settings.ts';
import { patientLooks } from '../machine/patient-look.ts';
import { Quarantine } from '../nats/storage/quarantine.ts';
import { Catalogue } from '../component-kit/catalogue.ts';
import { tryComponent } from './try-component.ts';

/** Adds the component types of the folder `components_dir`; a broken one is named and left aside. */
@Module({})
export class OwnComponentsModule implements OnModuleInit {
  constructor(
    private readonly settings: Settings,
    private readonly catalogue: Catalogue,
    private readonly quarantine: Quarantine,
  ) {}

  async onModuleInit(): Promise<void> {
    const folder = this.settings.values.components_dir;
    if (folder === '') return;
    // the kit holds all of zod, which nothing else needs
    const { descriptionOf, loadOwnComponent } = await import('./own-components.ts');
    for (const name of await filesOf(folder, this.quarantine)) {
      const file = resolve(join(folder, name));
      try {
        await tryComponent(file);
        const definition = await loadOwnComponent(file);
        if (this.catalogue.get(definition.type))
          throw new Error(`there is a component type "${definition.type}" already: give it another name`);
        this.catalogue.add(definition, { file, description: descriptionOf(definition) });
      } catch (thrown) {
        this.quarantine.note(file, thrown instanceof Error ? thrown.message : String(thrown));
      }
    }
  }
}

const filesOf = async (folder: string, quarantine: Quarantine): Promise<string[]> => {
  try {
    const names = await patientLooks(folder)(async () => readdir(folder));
    return names.filter((name) => name.endsWith('.mjs')).sort();
  } catch (thrown) {
    quarantine.note(folder, `the folder of component types cannot be read: ${(thrown as Error).message}`);
    return [];
  }
};
