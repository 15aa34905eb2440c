import { UsageError } from '../usage-error.ts';

export interface GroupSlug {
  readonly group: string;
  /** Index or uuid; absent for the whole group. */
  readonly id: string | undefined;
}

export interface InstanceSlug extends GroupSlug {
  readonly id: string;
}

export interface VersionSlug {
  readonly name: string;
  readonly version: string;
}

/** `web` or `web/0` or `web/<uuid>`. */
export function parseGroupSlug(text: string): GroupSlug {
  const [group = '', id, ...rest] = text.split('/');
  if (group === '' || id === '' || rest.length > 0) {
    throw new UsageError(`Expected instance '${text}' to be in format 'name' or 'name/id-or-index'`);
  }
  return { group, id };
}

/** `web/0` or `web/<uuid>`. */
export function parseInstanceSlug(text: string): InstanceSlug {
  const { group, id } = parseGroupSlug(text);
  if (id === undefined) throw new UsageError(`Expected instance '${text}' to be in format 'name/id-or-index'`);
  return { group, id };
}

/** `name/version` of a release or stemcell, `os/version` of a stemcell. The last slash counts. */
export function parseVersionSlug(text: string, format = 'name/version'): VersionSlug {
  const slash = text.lastIndexOf('/');
  const [name, version] = [text.slice(0, slash), text.slice(slash + 1)];
  if (slash <= 0 || version === '') throw new UsageError(`Expected '${text}' to be in format '${format}'`);
  return { name, version };
}
