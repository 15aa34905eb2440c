import { lockSchema, resurrectionRequestSchema, resurrectionSchema } from '@boti/director-api';
import { z } from 'zod';
import { readAttribute, writeAttribute } from '../../database/attribute-store.ts';
import { type HeldLock, listLocks } from '../../locks/lock-store.ts';
import type { ApiDeps } from '../deps.ts';
import { empty, json, type Route } from '../route.ts';

const resurrectionPaused = 'resurrection_paused';

export function lockRoutes({ database }: ApiDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/locks',
      summary: 'List the locks that tasks hold',
      right: 'read',
      reply: z.array(lockSchema),
      handle: async () => json((await listLocks(database)).map(toWire)),
    },
    {
      method: 'GET',
      path: '/resurrection',
      summary: 'Whether VMs that are lost are made again',
      right: 'admin',
      reply: resurrectionSchema,
      handle: async () => json({ resurrection: (await readAttribute(database, resurrectionPaused)) !== 'true' }),
    },
    {
      method: 'PUT',
      path: '/resurrection',
      summary: 'Switch resurrection on or off',
      right: 'admin',
      media: ['json'],
      body: resurrectionRequestSchema,
      handle: async (request) => {
        const { resurrection_paused: isPaused } = await request.json(resurrectionRequestSchema);
        await writeAttribute(database, resurrectionPaused, String(isPaused));
        return empty(200);
      },
    },
  ];
}

function toWire({ name, taskId, expiresAt }: HeldLock): z.infer<typeof lockSchema> {
  const [, type = '', ...resource] = name.split(':');
  const milliseconds = expiresAt.getTime();
  const timeout = `${Math.floor(milliseconds / 1000)}.${String(milliseconds % 1000).padStart(3, '0')}000`;
  return { type, resource, timeout, task_id: taskId === null ? null : String(taskId) };
}
