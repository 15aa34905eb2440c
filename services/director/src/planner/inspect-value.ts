/** Their values may hold passwords: errors end up in task logs. */
const secretKeys: readonly string[] = ['properties', 'env', 'cloud_properties'];

/** A YAML value as BOSH's validation errors print it: `{"azs"=>["z1"], "instances"=>nil}`. */
export function inspectValue(value: unknown): string {
  if (value === null || value === undefined) {
    return 'nil';
  }
  if (Array.isArray(value)) {
    return `[${value.map(inspectValue).join(', ')}]`;
  }
  if (typeof value === 'object') {
    const pairs = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}=>${inspectItem(key, item)}`);
    return `{${pairs.join(', ')}}`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function inspectItem(key: string, item: unknown): string {
  return secretKeys.includes(key) ? inspectValue(redacted(item)) : inspectValue(item);
}

function redacted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value !== 'object' || value === null) return value == null ? value : '<redacted>';
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redacted(item)]));
}
