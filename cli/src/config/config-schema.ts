import { parse, stringify } from 'yaml';
import { z } from 'zod';

const environmentSchema = z.looseObject({
  url: z.string(),
  ca_cert: z.string().optional(),
  alias: z.string().optional(),
  username: z.coerce.string().optional(),
  password: z.coerce.string().optional(),
  access_token_type: z.string().optional(),
  access_token: z.string().optional(),
  refresh_token: z.string().optional(),
});

const configSchema = z.looseObject({ environments: z.array(environmentSchema).nullish() });

export type StoredEnvironment = z.infer<typeof environmentSchema>;
export type Config = z.infer<typeof configSchema>;

export function parseConfig(text: string): Config {
  return configSchema.parse(parse(text) ?? {});
}

export function formatConfig(config: Config): string {
  return stringify(config, { lineWidth: 0 });
}
