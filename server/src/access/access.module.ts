import { Global, Module } from '@nestjs/common';
import { Settings } from '../config/settings.ts';
import { Access } from './access.ts';
import { Audit } from './audit.ts';

@Global()
@Module({
  providers: [
    {
      provide: Access,
      inject: [Settings],
      useFactory: ({ dataDir, values }: Settings): Access =>
        new Access({
          dataDir,
          host: values.host,
          login: values.login,
          adminPassword: values.admin_password,
          isTls: values.tls.enabled,
        }),
    },
    { provide: Audit, inject: [Settings], useFactory: ({ dataDir }: Settings): Audit => new Audit(dataDir) },
  ],
  exports: [Access, Audit],
})
export class AccessModule {}
