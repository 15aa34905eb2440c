import { ExpectedError } from '@boti/core';
import { replyErrorIn, TaskFailed } from '@boti/director-api';
import { flag } from '../arguments/option-spec.ts';
import { deploymentCommand } from '../command.ts';

export const deleteDeployment = deploymentCommand({
  name: 'delete-deployment',
  aliases: ['deld'],
  summary: 'Delete the deployment with its VMs',
  options: { force: flag('Go on after errors') },

  async run({ ui, director, deployment, followTask }, { force }) {
    await ui.confirm();
    try {
      await followTask(await director.deployments.delete(deployment, force));
    } catch (error) {
      // What is gone already is deleted, whatever the error was.
      if (!(error instanceof ExpectedError) || !mayBeGone(error)) throw error;
      const isThere = (await director.deployments.list()).some(({ name }) => name === deployment);
      if (isThere) throw error;
    }
  },
});

const mayBeGone = (error: ExpectedError): boolean => error instanceof TaskFailed || replyErrorIn(error)?.status === 404;
