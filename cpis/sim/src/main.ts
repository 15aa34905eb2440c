import { serveExecutable } from '@boti/cpi-sdk';
import { Forwarder } from './forward.ts';

const forwarder = new Forwarder();
await serveExecutable({ name: 'sim', answer: (body, call) => forwarder.answer(body, call) });
