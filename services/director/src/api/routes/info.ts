import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { directorCertificateSchema, infoSchema } from '@boti/director-api';
import { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import { json, type Reply, type Route } from '../route.ts';
import type { User } from '../user.ts';

const msPerDay = 86_400_000;

export function infoRoutes({ director, clock }: ApiDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/info',
      summary: 'Who this Director is and what it can do',
      right: 'none',
      reply: infoSchema,
      handle: async ({ user }) => json(info(director, user)),
    },
    {
      method: 'GET',
      path: '/director/certificate_expiry',
      summary: "When the Director's own certificates end",
      right: 'read',
      reply: z.array(directorCertificateSchema),
      handle: () => certificateExpiry(director.certificates, clock.now()),
    },
  ];
}

function info(director: ApiDeps['director'], user: User): Record<string, unknown> {
  return {
    name: director.name,
    uuid: director.uuid,
    version: director.version,
    user: user.name === '' ? null : user.name,
    cpi: director.cpi,
    stemcell_os: '-',
    stemcell_version: '-',
    user_authentication: { type: 'basic', options: {} },
    features: {
      local_dns: { status: false, extras: { domain_name: 'bosh' } },
      snapshots: { status: director.snapshots },
      config_server: { status: false, extras: { urls: [] } },
    },
  };
}

async function certificateExpiry(paths: readonly string[], now: Date): Promise<Reply> {
  const certificates = paths.map(async (path) => {
    const end = new Date(new X509Certificate(await readFile(path)).validTo);
    const daysLeft = Math.floor((end.getTime() - now.getTime()) / msPerDay);
    return { certificate_path: path, expiry: end.toISOString().replace('.000', ''), days_left: daysLeft };
  });
  return json(await Promise.all(certificates));
}
