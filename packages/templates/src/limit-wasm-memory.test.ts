import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitWasmMemory, spareBytes } from './limit-wasm-memory.ts';

// (module (memory (export "m") 1) (func (export "f") (result i32) i32.const 7))
const openEnded = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 5, 1, 0x60, 0, 1, 0x7f],
  ...[3, 2, 1, 0],
  ...[5, 3, 1, 0, 1],
  ...[7, 9, 2, 1, 0x6d, 2, 0, 1, 0x66, 0, 0],
  ...[10, 6, 1, 4, 0, 0x41, 7, 0x0b],
]);

function withSpare(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...new Uint8Array(spareBytes), ...wasm]);
}

test('a module whose memory was limited still runs and cannot grow beyond', async () => {
  const module = await WebAssembly.compile(limitWasmMemory(withSpare(openEnded), 3 * 65_536));
  const { exports } = await WebAssembly.instantiate(module, {});
  const memory = exports.m as { grow(pages: number): number };

  assert.equal((exports.f as () => number)(), 7);
  assert.equal(memory.grow(2), 1);
  assert.throws(() => memory.grow(1), RangeError);
});

test('a limit below what the module starts with means that it cannot grow', async () => {
  const module = await WebAssembly.compile(limitWasmMemory(withSpare(openEnded), 0));
  const { exports } = await WebAssembly.instantiate(module, {});

  assert.throws(() => (exports.m as { grow(pages: number): number }).grow(1), RangeError);
});

test('something that is no module with one memory is refused', () => {
  assert.throws(() => limitWasmMemory(withSpare(openEnded.subarray(0, 8)), 1), /has no section 5/);
});
