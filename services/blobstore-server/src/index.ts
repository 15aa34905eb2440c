export { type BlobstoreServerConfig, blobstoreServerConfig } from './config.ts';
