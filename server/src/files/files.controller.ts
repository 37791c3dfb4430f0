import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { Controller, Delete, Get, Headers, HttpCode, Put, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiProduces } from '@nestjs/swagger';
import { FileEntry, FileList, FilePreview, paths } from '@semstreams/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { flag } from '../web/address-words.ts';
import { type Agree, Agreement } from '../web/asker.ts';
import { type Tell, TellAudit } from '../web/deeds.ts';
import { listing } from '../web/listing.ts';
import { HttpProblem } from '../web/problems.ts';
import { rangeOf } from './byte-range.ts';
import { FlowFiles } from './flow-files.ts';
import { Uploads } from './uploads.ts';

const path = z.string().max(4096);
const inWords = 'As settings of components name it: below the data folder, or with "/" at its beginning.';
const entries = listing<FileEntry>()({
  sorts: {
    name: ({ kind, name }) => `${kind === 'folder' ? 0 : 1} ${name}`,
    bytes: ({ bytes = -1 }) => bytes,
    changed_at: ({ changed_at: at = '' }) => at,
  },
  usual: 'name',
  id: ({ path: each }) => each,
  texts: ({ name }) => [name],
});
const FilesQuery = entries.query.extend({
  path: path
    .default('')
    .meta({ description: 'A folder, as settings of components name it; empty is the data folder.' }),
});
type FilesQuery = z.infer<typeof FilesQuery>;
const FileQuery = z.object({ path: path.min(1).meta({ description: inWords }) });
type FileQuery = z.infer<typeof FileQuery>;
const UploadQuery = FileQuery.extend({
  overwrite: flag.meta({ description: 'Whether it takes the place of a file that is there.' }),
});
type UploadQuery = z.infer<typeof UploadQuery>;

@Controller(paths.files)
export class FilesController {
  constructor(
    private readonly files: FlowFiles,
    private readonly uploads: Uploads,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'What lies in a folder that flows may use',
    description: 'The data folder without what the server keeps there itself, and the folders of the settings `files`.',
  })
  @ApiOkResponse({ standardSchema: FileList })
  async list(@Query({ schema: FilesQuery }) query: FilesQuery): Promise<FileList> {
    const { items, is_cut } = await this.files.list(query.path);
    return { ...entries.page(items, query), is_cut };
  }

  @Get('preview')
  @ApiOperation({
    summary: 'What a file holds, and how it is read',
    description: 'The first and last records, the fields, and the settings of `file_input` that fit the content.',
  })
  @ApiOkResponse({ standardSchema: FilePreview })
  async preview(@Query({ schema: FileQuery }) query: FileQuery): Promise<FilePreview> {
    // what reads records is loaded when somebody looks
    const { previewOf } = await import('./preview.ts');
    return this.files.patiently(query.path, async () =>
      previewOf(await this.files.find(query.path, 'read'), { shown: query.path, dataDir: this.files.dataDir }),
    );
  }

  @Get('content')
  @ApiOperation({ summary: 'A file as it is', description: 'A part of it by `Range`, such as `bytes=0-999`.' })
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } })
  async download(
    @Query({ schema: FileQuery }) query: FileQuery,
    @Headers('range') asked: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
    @TellAudit() tell: Tell,
  ): Promise<StreamableFile> {
    const { handle, stats } = await this.files.open(query.path);
    const range = rangeOf(asked, stats.size);
    if (range === 'none') {
      await handle.close();
      throw new HttpProblem(416, `"${query.path}" has ${stats.size} bytes`);
    }
    tell({ detail: query.path });
    const { start, end } = range ?? { start: 0, end: stats.size - 1 };
    void reply.headers({ 'accept-ranges': 'bytes', 'last-modified': stats.mtime.toUTCString() });
    if (range) void reply.status(206).header('content-range', `bytes ${start}-${end}/${stats.size}`);
    const bytes = end < start ? Readable.from([]) : handle.createReadStream({ start, end });
    if (end < start) await handle.close();
    return new StreamableFile(bytes, {
      type: 'application/octet-stream',
      length: end - start + 1,
      disposition: attachmentOf(basename(query.path)),
    });
  }

  @Put('content')
  @HttpCode(200)
  @ApiOperation({ summary: 'Upload a file', description: 'It is there whole under its name, or not at all.' })
  @ApiConsumes('application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOkResponse({ standardSchema: FileEntry })
  async upload(
    @Query({ schema: UploadQuery }) query: UploadQuery,
    @Req() { body, headers }: FastifyRequest,
    @Agreement() agree: Agree,
    @TellAudit() tell: Tell,
  ): Promise<FileEntry> {
    if (!(body instanceof Readable))
      throw new HttpProblem(415, 'send the file as it is, with "Content-Type: application/octet-stream"');
    const length = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
    tell({ detail: query.path });
    return this.uploads.take({ ...query, length, bytes: body as AsyncIterable<Uint8Array>, agree });
  }

  @Delete('content')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a file' })
  @ApiNoContentResponse()
  async remove(@Query({ schema: FileQuery }) query: FileQuery, @TellAudit() tell: Tell): Promise<void> {
    tell({ detail: query.path });
    await this.files.remove(query.path);
  }
}

/** A name for old programs, and all of it for others (RFC 6266). */
const attachmentOf = (name: string): string => {
  const plain = name.replace(/[^ -~]|["\\%]/g, '_');
  const coded = encodeURIComponent(Buffer.from(name).toString()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${coded}`;
};
