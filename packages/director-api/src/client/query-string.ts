export type QueryValue = string | number | boolean | readonly string[] | undefined;

/** `?a=b&c=d` of the values that are set, or nothing. False is left out: the Director takes only the text `true`. */
export function queryString(values: Readonly<Record<string, QueryValue>>): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === false || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) pairs.append(name, String(one));
  }
  const text = pairs.toString();
  return text === '' ? '' : `?${text}`;
}

/** A path whose variable parts are escaped: path`/deployments/${name}`. */
export function path(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return parts.reduce((text, part, index) => text + encodeURIComponent(String(values[index - 1])) + part);
}
