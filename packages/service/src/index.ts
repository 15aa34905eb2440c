/** What boti's long-running programs have in common: configuration, command line, signals, listeners. */

export { type Address, type Listeners, listenOn, type TlsFiles } from './listen-on.ts';
export { configPath, runProgram, stopSignal } from './program.ts';
export { readConfig } from './read-config.ts';
