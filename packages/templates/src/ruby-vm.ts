import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { File, OpenFile, PreopenDirectory, WASI } from '@bjorn3/browser_wasi_shim';
import { RubyVM } from '@ruby/wasm-wasi';
import { limitWasmMemory, spareBytes } from './limit-wasm-memory.ts';

/** What one template needs; becomes /task.json inside. */
export interface RubyTask {
  readonly dialect: string;
  /** `job/source`: the file name that Ruby's own messages carry. */
  readonly file: string;
  readonly erb: string;
  readonly context: unknown;
  readonly dns: unknown;
}

export interface RubyOutcome {
  readonly content?: string;
  readonly message?: string;
  readonly line?: number | null;
  /** The template changed what others share: this Ruby must not render another one. */
  readonly tainted: boolean;
}

const sources = [
  'boot',
  'socket',
  'blank',
  'lazy_struct',
  'properties',
  'links',
  'contexts',
  'isolation',
  'render',
] as const;
// The optimising compiler for WebAssembly costs 90 MB and most of a second of boot, and gains little in runs this
// short. V8 has one set of flags a process; nothing else here spends its time in WebAssembly.
const baselineCompilerOnly = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering', '--liftoff-only'] as const;
const rubyArguments = [
  'ruby.wasm',
  '-EUTF-8',
  '-W0',
  '--disable-gems',
  '--disable-did_you_mean',
  '--disable-error_highlight',
  '--disable-syntax_suggest',
  '-e_=0',
];
/** A CRuby that sees no host files, network or JavaScript: its files are a map in memory. */
export async function bootRuby(memoryBytes: number): Promise<{ render(task: RubyTask): RubyOutcome }> {
  for (const flag of baselineCompilerOnly) setFlagsFromString(flag);
  const files = new Map<string, File>();
  const { vm, wasi } = await instantiate(await compileRuby(memoryBytes), files);
  loadSources(vm, files);
  const descriptors = wasi.fds.length;

  return {
    render(task) {
      files.clear();
      files.set('task.json', new File(new TextEncoder().encode(JSON.stringify(task))));
      vm.eval('Boti.run');
      wasi.fds.length = descriptors;
      const outcome = JSON.parse(textOf(files, 'result.json')) as RubyOutcome;
      return outcome.message === undefined ? { ...outcome, content: textOf(files, 'content') } : outcome;
    },
  };
}

async function compileRuby(memoryBytes: number): Promise<WebAssembly.Module> {
  const wasm = readRubyBinary();
  const module = await WebAssembly.compile(limitWasmMemory(wasm, memoryBytes));
  // The module has its own copy: 30 MB should not wait for the garbage collector.
  wasm.buffer.transfer(0);
  return module;
}

async function instantiate(module: WebAssembly.Module, files: Map<string, File>) {
  const standardStreams = [0, 1, 2].map(() => new OpenFile(new File([])));
  const wasi = new WASI([], [], [...standardStreams, new PreopenDirectory('/', files)], { debug: false });
  const vm = new RubyVM();
  const imports: WebAssembly.Imports = { wasi_snapshot_preview1: wasi.wasiImport as WebAssembly.ModuleImports };
  vm.addToImports(imports);
  closeJavaScript(imports);
  const instance = await WebAssembly.instantiate(module, imports);
  await vm.setInstance(instance);
  wasi.initialize(instance as unknown as Parameters<WASI['initialize']>[0]);
  vm.initialize(rubyArguments);
  return { vm, wasi };
}

/** Ruby's `js` library would hand templates the worker's globals, and so the host. */
function closeJavaScript(imports: WebAssembly.Imports): void {
  const host = imports['rb-js-abi-host'] ?? {};
  for (const name of Object.keys(host)) {
    if (name === 'rb_wasm_throw_prohibit_rewind_exception') continue;
    host[name] = () => {
      throw new Error('templates have no access to JavaScript');
    };
  }
}

function loadSources(vm: RubyVM, files: Map<string, File>): void {
  for (const name of sources) {
    files.set(`${name}.rb`, new File(readFileSync(new URL(`./ruby/${name}.rb`, import.meta.url))));
  }
  vm.eval("load '/boot.rb'");
}

function textOf(files: ReadonlyMap<string, File>, name: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(files.get(name)?.data ?? new Uint8Array());
}

function readRubyBinary(): Uint8Array<ArrayBuffer> {
  const file = openSync(fileURLToPath(import.meta.resolve('@ruby/3.4-wasm-wasi/dist/ruby+stdlib.wasm')), 'r');
  try {
    const wasm = new Uint8Array(spareBytes + fstatSync(file).size);
    for (let at = spareBytes; at < wasm.length; ) {
      const bytes = readSync(file, wasm, { offset: at });
      if (bytes === 0) throw new Error('The Ruby binary ended before its time');
      at += bytes;
    }
    return wasm;
  } finally {
    closeSync(file);
  }
}
