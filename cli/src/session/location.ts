import { fileURLToPath } from 'node:url';

/** Something the Director fetches by itself. */
export const isUrl = (location: string): boolean => /^https?:\/\//.test(location);

export const isGitUrl = (location: string): boolean => /^git\+\w+:\/\//.test(location);

/** A path, or a `file://` URL, as a path. */
export function localPath(location: string): string {
  return location.startsWith('file://') ? fileURLToPath(location) : location;
}
