export type { Blobstore } from './blobstore.ts';
