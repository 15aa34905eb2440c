import { messageOf } from '@boti/core';
import { DirectorError } from '../director-error.ts';

interface FailedInstance {
  readonly group: string;
  readonly error: unknown;
}

/** All templates that failed, by instance group and job: nothing was changed yet. */
export function renderFailure(failed: readonly FailedInstance[]): DirectorError {
  const groups = new Map<string, Set<string>>();
  for (const { group, error } of failed) {
    const texts = groups.get(group) ?? new Set<string>();
    for (const text of errorTexts(error)) texts.add(text);
    groups.set(group, texts);
  }
  const lines = [...groups].flatMap(([group, texts]) => [
    `  - Unable to render jobs for instance group '${group}'. Errors are:`,
    ...[...texts].map((text) => indent(`- ${text}`, 4)),
  ]);
  const message = ['Unable to render instance groups for deployment. Errors are:', ...lines].join('\n');
  return new DirectorError(100, 500, message);
}

function errorTexts(error: unknown): string[] {
  return error instanceof AggregateError ? error.errors.map(messageOf) : [messageOf(error)];
}

function indent(text: string, width: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(width));
}
