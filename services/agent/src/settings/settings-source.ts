import { type AgentSettings, agentSettingsSchema } from '@boti/agent-protocol';
import { ExpectedError } from '@boti/core';

/** Where the CPI has left the settings of this VM. */
export interface SettingsSource {
  readonly name: string;
  settings(signal: AbortSignal): Promise<AgentSettings>;
  /** The ssh key that the IaaS offers for the user vcap. */
  publicKey?(signal: AbortSignal): Promise<string | undefined>;
}

export function parseSettings(content: unknown, where: string): AgentSettings {
  const result = agentSettingsSchema.safeParse(withDefaults(content));
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'settings'}: ${issue.message}`);
  throw new ExpectedError(`The settings of ${where} cannot be used: ${problems.join('; ')}`, {
    hint: 'The CPI writes them in create_vm: look there.',
  });
}

// BOSH: settings/settings.go: absent maps are empty in Go.
function withDefaults(content: unknown): unknown {
  if (typeof content !== 'object' || content === null) return content;
  const { vm, networks, disks } = content as Record<string, unknown>;
  return { ...content, vm: vm ?? { name: '' }, networks: networks ?? {}, disks: disks ?? {} };
}

/** JSON, or JSON in base64 of either alphabet, as metadata services hold it. */
export function decodeUserData(text: string, where: string): unknown {
  const trimmed = text.trim();
  for (const candidate of [trimmed, Buffer.from(trimmed, 'base64url').toString('utf8')]) {
    try {
      return JSON.parse(candidate);
    } catch {
      // The next form.
    }
  }
  throw new ExpectedError(`The user data of ${where} is neither JSON nor base64 of JSON`);
}
