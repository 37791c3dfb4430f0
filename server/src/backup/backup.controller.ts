import { Readable } from 'node:stream';
import { Controller, Get, Headers, HttpCode, Param, Post, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOkResponse, ApiOperation, ApiProduces } from '@nestjs/swagger';
import { type KeptBackup, KeptBackups, passphraseHeader, paths, RestoreOutcome } from '@semstreams/contract';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Agree, Agreement } from '../web/asker.ts';
import { type Tell, TellAudit } from '../web/deeds.ts';
import { HttpProblem } from '../web/problems.ts';
import { BackupFolder } from '../archive/backup-folder.ts';
import { flag } from '../web/address-words.ts';
import { listing } from '../web/listing.ts';
import { Backups } from './backups.ts';

const BackupQuery = z.object({
  with_buffers: flag.meta({ description: 'Whether what waits in buffers and the dead letters go in too.' }),
});
type BackupQuery = z.infer<typeof BackupQuery>;
const RestoreQuery = z.object({ preview: flag.meta({ description: 'Only say what would change.' }) });
type RestoreQuery = z.infer<typeof RestoreQuery>;
const kept = listing<KeptBackup>()({
  sorts: { made_at: ({ made_at: at }) => at, name: ({ name }) => name, bytes: ({ bytes }) => bytes },
  usual: '-made_at',
  id: ({ name }) => name,
  texts: ({ name }) => [name],
});
type KeptQuery = z.infer<typeof kept.query>;

const passphrase = ApiHeader({
  name: passphraseHeader,
  required: false,
  description: 'Passphrase that the backup is or shall be sealed with, percent-encoded.',
  schema: { type: 'string', pattern: '^([!-$&-~]|%[0-9A-Fa-f]{2})*$' },
});

@Controller()
export class BackupController {
  constructor(
    private readonly backups: Backups,
    private readonly folder: BackupFolder,
  ) {}

  @Get(paths.backup)
  @ApiOperation({ summary: 'Everything out, as a tar archive, or sealed with a passphrase' })
  @ApiProduces('application/x-tar', 'application/octet-stream')
  @ApiOkResponse({
    content: {
      'application/x-tar': { schema: { type: 'string', format: 'binary' } },
      'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
    },
  })
  @passphrase
  async make(
    @Query({ schema: BackupQuery }) { with_buffers }: BackupQuery,
    @Headers(passphraseHeader) sealedWith: string | undefined,
  ): Promise<StreamableFile> {
    const secret = decoded(sealedWith);
    const bytes = await this.backups.make({ withBuffers: with_buffers, passphrase: secret });
    const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const [ending, type] = secret === undefined ? ['tar', 'application/x-tar'] : ['sealed', 'application/octet-stream'];
    return new StreamableFile(bytes, {
      type,
      disposition: `attachment; filename="semstreams-${stamp}.${ending}"`,
    });
  }

  @Post(paths.restoreBackup)
  @HttpCode(200)
  @ApiOperation({ summary: 'Everything in: make what is kept equal a backup, or say what that would change' })
  @ApiConsumes('application/x-tar', 'application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOkResponse({ standardSchema: RestoreOutcome })
  @passphrase
  async restore(
    @Query({ schema: RestoreQuery }) { preview }: RestoreQuery,
    @Headers(passphraseHeader) sealedWith: string | undefined,
    @Req() request: FastifyRequest,
    @Agreement() agree: Agree,
    @TellAudit() tell: Tell,
  ): Promise<RestoreOutcome> {
    const bytes = request.body;
    if (!(bytes instanceof Readable))
      throw new HttpProblem(415, 'send the backup as it is, with "Content-Type: application/x-tar"');
    const done = this.backups.beginReading();
    try {
      return await this.folder.whileSpooled(whole(bytes), async (path) => {
        const file = { path, passphrase: decoded(sealedWith) };
        const outcome = await (preview ? this.backups.preview(file) : this.backups.restore(file, agree));
        tell({ detail: wordsOf(outcome, preview) });
        return outcome;
      });
    } finally {
      done();
    }
  }

  @Get(paths.backups)
  @ApiOperation({ summary: 'The backups in the backup folder of this device, newest first' })
  @ApiOkResponse({ standardSchema: KeptBackups })
  async list(@Query({ schema: kept.query }) query: KeptQuery): Promise<KeptBackups> {
    return kept.page(await this.folder.list(), query);
  }

  @Post(`${paths.backups}/:name/restore`)
  @HttpCode(200)
  @ApiOperation({ summary: 'Restore a backup of the backup folder, such as the one from before the last restore' })
  @ApiOkResponse({ standardSchema: RestoreOutcome })
  @passphrase
  async restoreKept(
    @Agreement() agree: Agree,
    @Param('name') name: string,
    @Query({ schema: RestoreQuery }) { preview }: RestoreQuery,
    @Headers(passphraseHeader) sealedWith: string | undefined,
    @TellAudit() tell: Tell,
  ): Promise<RestoreOutcome> {
    const file = { ...(await this.backups.kept(name)), passphrase: decoded(sealedWith) };
    const done = this.backups.beginReading();
    try {
      const outcome = await (preview ? this.backups.preview(file) : this.backups.restore(file, agree));
      tell({ detail: `${name}, ${wordsOf(outcome, preview)}` });
      return outcome;
    } finally {
      done();
    }
  }
}

const wordsOf = ({ instance, made_at }: RestoreOutcome, isPreview: boolean): string =>
  `backup of "${instance}" at ${made_at}${isPreview ? ', looked at alone' : ''}`;

/** What is sent, to its end. An upload that breaks off is a matter of whoever sent it. */
async function* whole(bytes: Readable): AsyncIterable<Uint8Array> {
  try {
    yield* bytes as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw new HttpProblem(400, 'the upload broke off; nothing was changed', undefined, { cause: cause as Error });
  }
}

const decoded = (header: string | undefined): string | undefined => {
  if (header === undefined || header === '') return undefined;
  try {
    return decodeURIComponent(header);
  } catch (cause) {
    throw new HttpProblem(400, `"${passphraseHeader}" is not percent-encoded`, undefined, { cause });
  }
};
