import { z } from 'zod';
import { mediaTypes } from '../media-types.ts';
import { type Event, type EventFilter, eventSchema } from '../shapes/events.ts';
import { type DirectorCertificate, directorCertificateSchema, type Info, infoSchema } from '../shapes/info.ts';
import { type Lock, lockSchema } from '../shapes/locks.ts';
import type { DirectorSession } from './director-session.ts';
import { path, queryString } from './query-string.ts';

/** What the Director tells of itself and of what happened. */
export function recordsApi(session: DirectorSession) {
  return {
    async info(): Promise<Info> {
      return await session.json('Fetching info', { method: 'GET', path: '/info' }, infoSchema);
    },

    async certificates(): Promise<DirectorCertificate[]> {
      const request = { method: 'GET', path: '/director/certificate_expiry' } as const;
      return await session.json('Listing certificates', request, z.array(directorCertificateSchema));
    },

    async locks(): Promise<Lock[]> {
      return await session.json('Finding locks', { method: 'GET', path: '/locks' }, z.array(lockSchema));
    },

    async events(filter: EventFilter): Promise<Event[]> {
      const request = { method: 'GET', path: `/events${queryString(filter)}` } as const;
      return await session.json('Finding events', request, z.array(eventSchema));
    },

    async event(id: string): Promise<Event> {
      return await session.json(`Finding event '${id}'`, { method: 'GET', path: path`/events/${id}` }, eventSchema);
    },

    async pauseResurrection(paused: boolean): Promise<void> {
      const headers = { 'Content-Type': mediaTypes.json };
      const body = JSON.stringify({ resurrection_paused: paused });
      await session.text('Changing VM resurrection state', { method: 'PUT', path: '/resurrection', headers, body });
    },
  };
}
