const memorySection = 5;
const pageBytes = 65_536;
const headerBytes = 8;
/** Room that limitWasmMemory needs before the module. */
export const spareBytes = 16;

/**
 * Gives a WebAssembly module's own memory an upper limit, which its build left open: allocations beyond it fail
 * inside the module instead of eating the host's memory. `wasm` is changed in place, for it is large: what comes
 * before the memory section moves into the `spareBytes` that the caller left in front.
 */
export function limitWasmMemory(wasm: Uint8Array<ArrayBuffer>, maxBytes: number): Uint8Array<ArrayBuffer> {
  const module = wasm.subarray(spareBytes);
  const section = findSection(module, memorySection);
  const reader = { bytes: module, at: section.contentStart };
  const count = readNumber(reader);
  const flags = readNumber(reader);
  const initialPages = readNumber(reader);
  if (count !== 1 || flags > 1) throw new Error('The WebAssembly module does not have exactly one plain memory');
  const maxPages = Math.max(Math.floor(maxBytes / pageBytes), initialPages);
  const content = [...encodeNumber(1), 1, ...encodeNumber(initialPages), ...encodeNumber(maxPages)];
  const limited = [memorySection, ...encodeNumber(content.length), ...content];
  const limitedStart = spareBytes + section.end - limited.length;
  const start = limitedStart - section.start;
  wasm.copyWithin(start, spareBytes, spareBytes + section.start);
  wasm.set(limited, limitedStart);
  return wasm.subarray(start);
}

interface Section {
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

function findSection(wasm: Uint8Array, id: number): Section {
  const reader = { bytes: wasm, at: headerBytes };
  while (reader.at < wasm.length) {
    const start = reader.at;
    const sectionId = readNumber(reader);
    const size = readNumber(reader);
    if (sectionId === id) return { start, contentStart: reader.at, end: reader.at + size };
    reader.at += size;
  }
  throw new Error(`The WebAssembly module has no section ${id}`);
}

/** Unsigned LEB128, as all numbers of the format. */
function readNumber(reader: { readonly bytes: Uint8Array; at: number }): number {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = reader.bytes[reader.at] ?? 0;
    reader.at += 1;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
}

function encodeNumber(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...encodeNumber(Math.floor(value / 0x80))];
}
