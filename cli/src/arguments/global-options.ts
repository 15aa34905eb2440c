import { flag, integerOr, list, type OptionValues, text, textOr } from './option-spec.ts';

/** Flags that every command takes, before or after its name. */
export const globalOptions = {
  version: flag('Show the version', { short: 'v' }),
  config: textOr('~/.bosh/config', 'Config file', { env: 'BOSH_CONFIG', placeholder: 'PATH' }),
  environment: text('Director: its alias or URL', { short: 'e', env: 'BOSH_ENVIRONMENT' }),
  caCert: text("CA of the Director's certificate: path or PEM", { env: 'BOSH_CA_CERT' }),
  sha2: flag('Accepted for compatibility: digests are SHA-256 anyway', { env: 'BOSH_SHA2' }),
  parallel: integerOr(5, 'Largest number of parallel operations'),
  client: text('User or UAA client instead of the stored one', { env: 'BOSH_CLIENT' }),
  clientSecret: text('Its password or secret', { env: 'BOSH_CLIENT_SECRET' }),
  deployment: text('Deployment', { short: 'd', env: 'BOSH_DEPLOYMENT' }),
  column: list('Show only this column; may be given several times'),
  json: flag('Print JSON'),
  tty: flag('Print as to a terminal', { env: 'BOSH_TTY' }),
  noColor: flag('Print without colours'),
  nonInteractive: flag('Do not ask; confirmations are taken as given', { short: 'n', env: 'BOSH_NON_INTERACTIVE' }),
  help: flag('Show help', { short: 'h' }),
};

export type GlobalOptions = OptionValues<typeof globalOptions>;
