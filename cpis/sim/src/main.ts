import { propertiesMarkdown, serveExecutable } from '@boti/cpi-sdk';
import { configSchema } from './config.ts';
import { Forwarder } from './forward.ts';

const forwarder = new Forwarder();
await serveExecutable({
  name: 'sim',
  commands: { docs: async () => void process.stdout.write(propertiesMarkdown('sim', configSchema)) },
  answer: (body, call) => forwarder.answer(body, call),
});
