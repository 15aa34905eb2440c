import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '@boti/core';
import { defaultStatePath, type EnvironmentOptions, type StageOutput } from '@boti/create-env';
import { text } from '../arguments/option-spec.ts';
import type { CommandContext } from '../command.ts';
import { botiHome } from '../embedded/boti-home.ts';
import { renderManifest } from '../manifest/render-manifest.ts';
import { reportOddKeys } from '../manifest/report-odd-keys.ts';
import { type TemplateValues, templateOptions } from '../manifest/template-options.ts';
import type { Ui } from '../ui/ui.ts';

/** Flags of create-env, delete-env, stop-env and start-env. */
export const environmentFlags = {
  ...templateOptions,
  state: text("State file (default: beside the manifest, with '-state.json' instead of the extension)", {
    placeholder: 'PATH',
  }),
};

export const packageDirFlag = text('Install the packages of the CPI here instead of in ~/.bosh/installations', {
  placeholder: 'DIR',
});

export interface EnvironmentInput extends TemplateValues {
  readonly manifest: string;
  readonly state: string | undefined;
  readonly packageDir?: string | undefined;
}

/** What the package create-env works with, from the command line. */
export async function environmentOptions(
  { ui, env, signal }: CommandContext,
  input: EnvironmentInput,
): Promise<EnvironmentOptions> {
  const statePath = input.state ?? defaultStatePath(input.manifest);
  ui.stage(`Deployment manifest: '${input.manifest}'\n`);
  ui.stage(`Deployment state: '${statePath}'\n`);
  const rendered = await renderManifest(input.manifest, input, env, { varErrs: true });
  reportOddKeys(ui, rendered, { kind: undefined, isFatal: input.strict });
  return {
    manifest: { path: resolve(input.manifest), text: rendered.text },
    statePath: resolve(statePath),
    stage: { output: stageOutput(ui) },
    places: {
      bosh: join(env.HOME ?? homedir(), '.bosh'),
      compiledPackages: join(botiHome(env, undefined).cache, 'compiled-packages'),
      ...(input.packageDir !== undefined && { packageDir: resolve(input.packageDir) }),
    },
    environment: env,
    clock: systemClock,
    signal,
  };
}

/** A remark in the middle of a step gets a line of its own. */
function stageOutput(ui: Ui): StageOutput {
  let isOpen = false;
  return {
    begin(text) {
      isOpen = !text.endsWith('\n');
      ui.stage(text);
    },
    end(text) {
      isOpen = false;
      ui.endStage(text);
    },
    remark(text) {
      if (isOpen) ui.endStage('');
      isOpen = false;
      ui.remark(text);
    },
  };
}
