import type { Properties } from '../manifest/environment-manifest.ts';

/** Both maps in one: where both have a map it is merged likewise, else `over` wins. */
export function mergeProperties(under: Properties, over: Properties): Properties {
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = under[key];
    merged[key] = isMap(value) && isMap(below) ? mergeProperties(below, value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
