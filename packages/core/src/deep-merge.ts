type Properties = Readonly<Record<string, unknown>>;

/** Maps are merged key by key, anything else is taken from `upper`. */
export function deepMerge(lower: Properties, upper: Properties): Properties {
  const merged: Record<string, unknown> = { ...lower };
  for (const [key, value] of Object.entries(upper)) {
    const below = merged[key];
    merged[key] = isMap(below) && isMap(value) ? deepMerge(below, value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
