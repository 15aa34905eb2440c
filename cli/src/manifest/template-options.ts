import { flag, list, type OptionValues, text } from '../arguments/option-spec.ts';

/** Flags of every command that takes a manifest: variables (VAR) and operations (OPS). */
export const templateOptions = {
  var: list('Variable; may be given several times', { short: 'v', placeholder: 'NAME=VALUE' }),
  varFile: list('Variable whose value is a file; may be given several times', { placeholder: 'NAME=PATH' }),
  varsFile: list('YAML file with variables; may be given several times', { short: 'l', placeholder: 'PATH' }),
  varsEnv: list('Variables from environment variables PREFIX_name; may be given several times', {
    placeholder: 'PREFIX',
  }),
  varsStore: text('YAML file that generated variables are kept in', { placeholder: 'PATH' }),
  opsFile: list('YAML file with operations; may be given several times', { short: 'o', placeholder: 'PATH' }),
  strict: flag('Refuse keys that mean nothing, and keys given twice'),
};

export type TemplateValues = OptionValues<typeof templateOptions>;
