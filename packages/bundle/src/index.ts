/** Programs as single files, and the Node that runs them where no Node is. */

export { type BundledProgram, bundleProgram } from './bundle-program.ts';
export { copyLibraries, librariesOfNode, type SharedLibrary } from './shared-libraries.ts';
export { copyStrippedNode } from './stripped-node.ts';
