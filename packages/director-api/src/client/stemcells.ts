import { z } from 'zod';
import { mediaTypes } from '../media-types.ts';
import { type Stemcell, stemcellSchema, stemcellUploadReplySchema } from '../shapes/stemcells.ts';
import { type Task, taskSchema } from '../shapes/tasks.ts';
import type { DirectorSession } from './director-session.ts';
import { replyErrorIn } from './errors.ts';
import type { StreamBody } from './http-exchange.ts';
import { path, queryString } from './query-string.ts';

const json = { 'Content-Type': mediaTypes.json };

export function stemcellsApi(session: DirectorSession) {
  const list = async (): Promise<Stemcell[]> =>
    await session.json('Finding stemcells', { method: 'GET', path: '/stemcells' }, z.array(stemcellSchema));

  return {
    list,

    /** Whether some CPI lacks the stemcell. An old Director that cannot say is asked for its list. */
    async isNeeded(name: string, version: string): Promise<boolean> {
      const body = JSON.stringify({ stemcell: { name, version } });
      const request = { method: 'POST', path: '/stemcell_uploads', headers: json, body } as const;
      try {
        return (await session.json('Finding stemcell', request, stemcellUploadReplySchema)).needed;
      } catch (error) {
        if (replyErrorIn(error)?.status !== 404) throw error;
        return !(await list()).some((stemcell) => stemcell.name === name && stemcell.version === version);
      }
    },

    async upload(body: StreamBody, fix: boolean): Promise<Task> {
      const headers = { 'Content-Type': mediaTypes.tarball };
      const request = { method: 'POST', path: `/stemcells${queryString({ fix })}`, headers, body } as const;
      return await session.json('Uploading stemcell', request, taskSchema);
    },

    async uploadFrom(location: string, sha1: string | undefined, fix: boolean): Promise<Task> {
      const body = JSON.stringify({ location, ...(sha1 ? { sha1 } : {}) });
      const request = { method: 'POST', path: `/stemcells${queryString({ fix })}`, headers: json, body } as const;
      return await session.json('Uploading stemcell', request, taskSchema);
    },

    async delete(name: string, version: string, force: boolean): Promise<Task> {
      const url = path`/stemcells/${name}/${version}` + queryString({ force });
      return await session.json(`Deleting stemcell '${name}/${version}'`, { method: 'DELETE', path: url }, taskSchema);
    },
  };
}
