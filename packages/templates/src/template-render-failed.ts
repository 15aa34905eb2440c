import { ExpectedError } from '@boti/core';
import type { TemplateFailure } from './template-renderer.ts';

/** Templates of one job that could not be rendered. The message is laid out as upstream's Director does. */
export class TemplateRenderFailed extends ExpectedError {
  readonly failures: readonly TemplateFailure[];

  constructor(job: string, failures: readonly TemplateFailure[]) {
    const lines = failures.map((failure) => indent(`- ${describe(failure)}`));
    super([`Unable to render templates for job '${job}'. Errors are:`, ...lines].join('\n'), {
      hint: 'Correct the templates, or the properties that they read.',
    });
    this.failures = failures;
  }
}

// BOSH: wording of src/bosh-director/lib/bosh/director/core/templates/source_erb.rb
function describe({ source, line, message }: TemplateFailure): string {
  return `Error filling in template '${source}' (line ${line ?? '(unknown)'}: ${message.trim()})`;
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
