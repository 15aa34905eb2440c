/** The `boti` program. Nothing imports it but its own tests and tools. */
export { type Program, runProgram } from './run-program.ts';
