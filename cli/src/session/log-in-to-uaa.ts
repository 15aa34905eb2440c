import { ExpectedError } from '@boti/core';
import type { Info } from '@boti/director-api';
import type { CommandContext } from '../command.ts';
import type { Ui } from '../ui/ui.ts';
import { connectUaa, tokenCredentials } from './authenticate.ts';
import type { TargetEnvironment } from './environment.ts';
import { type UaaClient, type UaaPrompt, UaaRefused, type UaaToken } from './uaa-client.ts';

/** A user is asked until the answers are right, and the token stored. A client is only tried: its secret is not kept. */
export async function logInToUaa(context: CommandContext, target: TargetEnvironment, info: Info): Promise<void> {
  const { ui, config, signal } = context;
  using closing = new DisposableStack();
  const uaa = closing.adopt(connectUaa(target, info, signal), (client) => client.close());
  if (target.client !== undefined) await tryClient(uaa, ui);
  else await config.setCredentials(target.url, tokenCredentials(await askForToken(uaa, ui, target.url)));
  ui.line('Successfully authenticated with UAA');
}

async function tryClient(uaa: UaaClient, ui: Ui): Promise<void> {
  try {
    await uaa.clientToken();
  } catch (error) {
    ui.errorLine(failure);
    throw error;
  }
}

async function askForToken(uaa: UaaClient, ui: Ui, url: string): Promise<UaaToken> {
  const prompts = await uaa.prompts();
  ui.line(`Using environment '${url}'`);
  for (;;) {
    const answers = await ask(prompts, ui);
    try {
      return await uaa.userToken(answers);
    } catch (error) {
      // Asking again helps only if it was the answers that UAA did not like.
      if (!(error instanceof ExpectedError && error.cause instanceof UaaRefused)) throw error;
      ui.errorLine(failure);
    }
  }
}

async function ask(prompts: readonly UaaPrompt[], ui: Ui): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const { key, type, label } of prompts) {
    const answer = type === 'password' ? await ui.askSecret(label) : await ui.ask(label);
    if (answer !== '') answers[key] = answer;
  }
  return answers;
}

const failure = 'Failed to authenticate with UAA';
