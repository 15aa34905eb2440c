import { remoteUploadSchema, stemcellSchema, stemcellUploadReplySchema } from '@boti/director-api';
import { z } from 'zod';
import { StemcellNotFound } from '../../errors.ts';
import { findStemcells, listStemcells, type StemcellUse } from '../../stemcells/stemcell-store.ts';
import { deleteStemcellTask, updateStemcellTask } from '../../tasks/task-kinds.ts';
import type { ApiDeps } from '../deps.ts';
import { type ApiRequest, json, type Reply, type Route, text } from '../route.ts';
import { startTask } from '../start-task.ts';

export function stemcellRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/stemcells',
      summary: 'List uploaded stemcells, one row for each CPI',
      right: 'read_stemcells',
      reply: z.array(stemcellSchema),
      handle: async () => json((await listStemcells(deps.database)).map(toWire)),
    },
    {
      method: 'POST',
      path: '/stemcells',
      summary: 'Upload a stemcell, or have the Director fetch it',
      right: 'upload_stemcells',
      media: ['json', 'tarball', 'multipart'],
      body: remoteUploadSchema,
      reply: 'task',
      handle: (request) => upload(deps, request),
    },
    {
      method: 'DELETE',
      path: '/stemcells/:name/:version',
      summary: 'Delete a stemcell that no deployment uses',
      right: 'admin',
      reply: 'task',
      handle: (request) => remove(deps, request),
    },
    {
      method: 'POST',
      path: '/stemcell_uploads',
      summary: 'Ask whether a stemcell needs to be uploaded',
      right: 'read_stemcells',
      reply: stemcellUploadReplySchema,
      handle: (request) => isNeeded(deps, request),
    },
  ];
}

async function upload(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const { query } = request;
  const fix = query.flag('fix');
  const sha1 = query.filled('sha1') ?? null;
  if (request.media !== 'json') {
    const tarball = await request.upload();
    return startTask(deps, request, { kind: updateStemcellTask, input: { tarball, sha1, fix } });
  }
  const { location, sha1: inBody } = await request.json(remoteUploadSchema);
  if (sha1 !== null && inBody !== undefined) return text('Give sha1 in the body or in the query, not in both', 400);
  const tarball = { location, sha1: inBody ?? sha1 };
  return startTask(deps, request, { kind: updateStemcellTask, input: { tarball, sha1: tarball.sha1, fix } });
}

async function remove(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const { name = '', version = '' } = request.params;
  const found = await findStemcells(deps.database, name, version);
  if (found.length === 0) throw new StemcellNotFound(`Stemcell '${name}/${version}' doesn't exist`);
  const input = { name, version, force: request.query.flag('force') };
  return startTask(deps, request, { kind: deleteStemcellTask, input });
}

const uploadQuestion = z.object({
  stemcell: z.object({ name: z.string(), version: z.union([z.string(), z.number()]).transform(String) }),
});

async function isNeeded({ database }: ApiDeps, request: ApiRequest): Promise<Reply> {
  const { stemcell } = await request.json(uploadQuestion);
  const found = await findStemcells(database, stemcell.name, stemcell.version);
  return json({ needed: found.length === 0 });
}

function toWire(stemcell: StemcellUse): z.infer<typeof stemcellSchema> {
  return {
    name: stemcell.name,
    operating_system: stemcell.operatingSystem,
    version: stemcell.version,
    cid: stemcell.cid,
    cpi: stemcell.cpi,
    deployments: stemcell.deployments.map((name) => ({ name })),
    api_version: stemcell.apiVersion,
    id: stemcell.id,
  };
}
