import { createHash } from 'node:crypto';
import type { RenderedFile, RenderRequest, TemplateRenderer } from './template-renderer.ts';

/**
 * What makes a template give another result each time: clocks, chance, identities of objects. In doubt it is rendered:
 * the words may as well stand in a comment.
 */
const unrepeatable =
  /\b(?:Time|Date|DateTime|Process|Random|SecureRandom|OpenSSL|Tempfile|ObjectSpace|GC|s?rand|shuffle!?|sample|object_id|__id__|uuid\w*)\b|\.hash\b|\$\$/;

const defaultMaxBytes = 16_000_000;

/**
 * Remembers what requests gave, so that a deploy which changes nothing renders nothing, and starts no Ruby. Templates
 * see nothing but their request; those that use chance or a clock are rendered each time, as are those that failed.
 */
export function rememberRenders(renderer: TemplateRenderer, maxBytes = defaultMaxBytes): TemplateRenderer {
  const known = new Map<string, readonly RenderedFile[]>();
  let bytes = 0;
  const forget = (key: string): void => {
    bytes -= sizeOf(known.get(key) ?? []);
    known.delete(key);
  };
  const remember = (key: string, files: readonly RenderedFile[]): void => {
    forget(key);
    known.set(key, files);
    bytes += sizeOf(files);
    for (const oldest of known.keys()) {
      if (bytes <= maxBytes) break;
      forget(oldest);
    }
  };
  return {
    async render(request, signal) {
      if (request.templates.some(({ erb }) => unrepeatable.test(erb))) return renderer.render(request, signal);
      signal?.throwIfAborted();
      const key = keyOf(request);
      const files = known.get(key) ?? (await renderer.render(request, signal));
      remember(key, files);
      return files;
    },
    [Symbol.asyncDispose]: () => renderer[Symbol.asyncDispose](),
  };
}

function keyOf(request: RenderRequest): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('base64');
}

/** About what the texts and their bookkeeping take. */
function sizeOf(files: readonly RenderedFile[]): number {
  return files.reduce((sum, { content }) => sum + content.length + 200, 0);
}
