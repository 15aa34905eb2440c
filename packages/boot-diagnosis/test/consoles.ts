/** What consoles said in VMs with one thing wrong: boti's agent (log lines as svlogd writes them) and upstream's. */
const boti = (level: string, message: string, more = ''): string =>
  [1, 2, 3, 4]
    .map(
      (n) =>
        `2026-11-24_12:31:4${n}.353 {"time":"2026-11-24T12:31:4${n}.353Z","level":"${level}","message":"${message}"${more}}`,
    )
    .join('\n');

export const consoles = {
  healthy: 'Server listening on 0.0.0.0 port 22.\n{"level":"info","message":"ready","agent":"4fef61c7"}',
  noSettings: boti(
    'error',
    'Fetching settings: No settings source works, and there are no settings of an earlier start\\nThe settings file /var/vcap/bosh/warden-cpi-agent-env.json does not exist',
  ),
  noSettingsUpstream:
    '[main] 2026/11/24 12:31:45 ERROR - App setup Running bootstrap: Fetching settings: Getting settings from all sources: Getting user data: invalid status from url',
  malformedSettings: boti(
    'error',
    "Fetching settings: No settings source works, and there are no settings of an earlier start\\n/var/vcap/bosh/warden-cpi-agent-env.json is not valid JSON: Expected property name or '}' in JSON at position 1 (line 1 column 2)",
  ),
  incompleteSettings: boti(
    'error',
    'Fetching settings: No settings source works, and there are no settings of an earlier start\\nThe settings of /var/vcap/bosh/warden-cpi-agent-env.json cannot be used: agent_id: Invalid input: expected string, received undefined',
  ),
  malformedSettingsUpstream:
    "[main] 2026/11/24 12:31:45 ERROR - App setup Running bootstrap: Fetching settings: Unmarshalling settings from file: invalid character 'b' in settings",
  crashLoop: boti('error', 'listen EADDRNOTAVAIL: address not available 9.9.9.9:6868'),
  crashLoopUpstream: [1, 2, 3]
    .map((n) => `2026-11-24_12:31:4${n}.1 panic: runtime error: invalid memory address or nil pointer dereference`)
    .join('\n'),
  diskFull: boti('error', "ENOSPC: no space left on device, open '/var/vcap/bosh/settings.json'"),
  diskFullUpstream:
    '[main] 2026/11/24 12:31:45 ERROR - App setup Running bootstrap: Writing setting json: write /var/vcap/bosh/settings.json: no space left on device',
  wrongDiskHint: boti('error', 'Timed out getting real device path for {\\"path\\":\\"/dev/sdzz\\"}'),
  wrongDiskHintUpstream:
    '[main] 2026/11/24 12:31:45 ERROR - App setup Running bootstrap: Setting up ephemeral disk: Timed out getting real device path for /dev/nope',
  noRoute: boti('warn', 'the bus cannot be reached', ',"error":"connect ENETUNREACH 10.0.9.9:4222"'),
  notYetValid: boti('warn', 'the bus cannot be reached', ',"error":"certificate is not yet valid"'),
} as const;
