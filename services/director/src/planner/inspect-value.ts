/** A YAML value as BOSH's validation errors print it: `{"azs"=>["z1"], "instances"=>nil}`. */
export function inspectValue(value: unknown): string {
  if (value === null || value === undefined) {
    return 'nil';
  }
  if (Array.isArray(value)) {
    return `[${value.map(inspectValue).join(', ')}]`;
  }
  if (typeof value === 'object') {
    const pairs = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}=>${inspectValue(item)}`);
    return `{${pairs.join(', ')}}`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
