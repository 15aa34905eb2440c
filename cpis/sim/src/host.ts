import { text } from 'node:stream/consumers';
import { runHost } from './host-process.ts';

/** Started by sim-client.ts, with the configuration on stdin. */
await runHost(await text(process.stdin));
process.exit();
