import { inErrors, type Mutant } from './mutant.ts';

/** Credentials where they do not belong. */
export const secretMutants: readonly Mutant[] = [
  {
    name: 'request-in-log',
    bug: 'log holds the whole request, the VM environment with its passwords and keys included.',
    call: async (call) => {
      const response = await call.next();
      return { ...response, log: `${response.log}DEBUG - request ${JSON.stringify(call.request)}\n` };
    },
  },
  {
    name: 'env-on-stderr',
    bug: 'create_vm prints the settings of the agent, with its private key, to stderr.',
    call: async (call) => {
      if (call.method === 'create_vm') process.stderr.write(`user data: ${JSON.stringify(call.args[5])}\n`);
      return await call.next();
    },
  },
  {
    name: 'arguments-in-error',
    bug: 'The message of a failed create_vm quotes all arguments, the environment included.',
    call: inErrors(['create_vm'], (error, { args }) => ({
      ...error,
      message: `${error.message} (arguments: ${JSON.stringify(args)})`,
    })),
  },
  {
    name: 'context-on-stderr',
    bug: 'The context, with the credentials of the cloud and of the blobstore, is printed to stderr.',
    call: async (call) => {
      process.stderr.write(`context ${JSON.stringify(call.request.context)}\n`);
      return await call.next();
    },
  },
];
