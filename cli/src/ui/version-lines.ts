/** A cell with one `name/version` a line. */
export function versionLines(items: readonly { name: string; version: string }[] = []): string {
  return items.map(({ name, version }) => `${name}/${version}`).join('\n');
}
