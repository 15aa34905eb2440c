import { inMethods, type Mutant } from './mutant.ts';

/** What agents are told. */
export const agentMutants: readonly Mutant[] = [
  {
    name: 'env-dropped',
    bug: 'The environment, with the certificate for the message bus, does not reach the agent.',
    needsBus: true,
    call: inMethods(['create_vm'], ({ args, next }) => next({ arguments: [...args.slice(0, 5), {}] })),
  },
  {
    name: 'message-bus-of-nobody',
    bug: 'Agents get another address of the message bus than the CPI was given.',
    needsBus: true,
    call: inMethods(['create_vm'], ({ next, request }) =>
      next({ context: { ...request.context, agent: { mbus: 'nats://127.0.0.1:4' } } }),
    ),
  },
  {
    name: 'agent-id-of-its-own',
    bug: 'The agent gets an id that the CPI has made up.',
    call: inMethods(['create_vm'], ({ args: [id, ...rest], next }) =>
      next({ arguments: [typeof id === 'string' && id !== '' ? `vm-${id}` : id, ...rest] }),
    ),
  },
];
