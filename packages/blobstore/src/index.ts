export { BlobDirectory, type BlobWriteOptions } from './blob-directory.ts';
export type { BlobOptions, BlobReadOptions, Blobstore } from './blobstore.ts';
export { BlobNotFound, BlobstoreRefused, BlobstoreUnreachable, InvalidBlobId } from './blobstore-errors.ts';
export { type BlobstoreConfig, createBlobstore } from './create-blobstore.ts';
export { type DavOptions, davBlobstore } from './dav-blobstore.ts';
export { localBlobstore } from './local-blobstore.ts';
export { isBlobId, objectPath } from './object-path.ts';
export { type S3Options, s3Blobstore } from './s3-blobstore.ts';
export { type DavSignature, davSignature, signDavUrl } from './sign-dav-url.ts';
