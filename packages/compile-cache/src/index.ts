export { type CompileCache, type CompileInputs, compileCache } from './compile-cache.ts';
