import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { anonymous, createDirectorClient } from '@boti/director-api';
import { ports } from './addresses.ts';
import type { BotiHome } from './boti-home.ts';
import type { Component } from './process-control.ts';
import { sourceTree } from './source-tree.ts';
import { configFiles } from './write-configs.ts';

/** In the order in which they start; they stop in the opposite one. PostgreSQL is the Director's own. */
export function components(home: BotiHome): readonly Component[] {
  const files = configFiles(home);
  const { listen, bridge } = home.addresses;
  return [
    {
      name: 'nats-server',
      command: ['nats-server', '-c', files.nats],
      port: ports.nats,
      isReady: () => accepts(bridge, ports.nats),
      stopSeconds: 5,
    },
    {
      name: 'blobstore',
      command: [process.execPath, sourceTree.blobstore, '--config', files.blobstore],
      port: ports.blobstore,
      isReady: () => accepts(listen, ports.blobstore),
      stopSeconds: 5,
    },
    {
      name: 'director',
      // Half of its memory would else be room for young objects, and it is no faster with it.
      command: [process.execPath, '--max-semi-space-size=4', sourceTree.director, '--config', files.director],
      port: ports.director,
      isReady: () => directorAnswers(home),
      stopSeconds: 30,
    },
  ];
}

/** Whether somebody listens there. */
export function accepts(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host, port, timeout: 1000 });
  const answer = (isOpen: boolean) => (): void => {
    socket.destroy();
    resolve(isOpen);
  };
  socket.once('connect', answer(true)).once('error', answer(false)).once('timeout', answer(false));
  return promise;
}

async function directorAnswers(home: BotiHome): Promise<boolean> {
  const { listen, directorUrl } = home.addresses;
  if (!(await accepts(listen, ports.director))) return false;
  const caCert = await readFile(join(home.certificates, 'ca.crt'), 'utf8').catch(() => undefined);
  const director = createDirectorClient({ url: directorUrl, caCert, auth: anonymous });
  try {
    await director.info();
    return true;
  } catch {
    return false;
  } finally {
    director.close();
  }
}
