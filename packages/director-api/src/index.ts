/** The Director's REST API: paths, JSON shapes and a typed client. */

export * from './client/index.ts';
export { mediaTypes } from './media-types.ts';
export * from './shapes/index.ts';
