import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { createBlobstore } from '../src/index.ts';
import { providerContract } from './provider-contract.ts';

const directory = mkdtempSync(join(tmpdir(), 'boti-local-blobs-'));
after(() => rmSync(directory, { recursive: true }));

providerContract('local', () => createBlobstore({ provider: 'local', options: { blobstore_path: directory } }));
