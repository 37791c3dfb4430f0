import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Settings } from './settings.ts';

@Global()
@Module({})
export class SettingsModule {
  static of(settings: Settings): DynamicModule {
    return { module: SettingsModule, providers: [{ provide: Settings, useValue: settings }], exports: [Settings] };
  }
}
