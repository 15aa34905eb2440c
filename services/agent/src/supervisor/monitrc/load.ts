import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { MailSettings, MonitConfig, ProcessCheck } from './model.ts';
import { parseMonitFile } from './parse.ts';
import { MonitSyntaxError } from './tokens.ts';

export interface LoadedConfig {
  readonly processes: readonly ProcessCheck[];
  readonly mail?: MailSettings;
  readonly pollMs?: number;
  readonly http: NonNullable<MonitConfig['http']>;
  readonly unchecked: readonly string[];
  /** Files that could not be read or parsed; their services are left out. */
  readonly errors: readonly string[];
}

/** Reads the control file and all that it includes. One broken file does not hide the services of the others. */
export function loadMonitConfig(controlFile: string): LoadedConfig {
  const configs: MonitConfig[] = [];
  const errors: string[] = [];
  const seen = new Set<string>();
  const read = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    try {
      const config = parseMonitFile(readFileSync(file, 'utf8'), file);
      configs.push(config);
      for (const pattern of config.includes) for (const path of filesOf(pattern, file)) read(path);
    } catch (error) {
      errors.push(error instanceof Error ? error.message : String(error));
    }
  };
  read(controlFile);
  const processes = withoutConflicts(
    configs.flatMap((config) => config.processes),
    errors,
  );
  const mail = mailOf(configs);
  const pollMs = configs.find((config) => config.pollMs !== undefined)?.pollMs;
  return {
    processes,
    ...(mail && { mail }),
    ...(pollMs !== undefined && { pollMs }),
    http: configs.find((config) => config.http !== undefined)?.http ?? {},
    unchecked: configs.flatMap((config) => config.unchecked),
    errors,
  };
}

/** `*` may stand in the file name only. Node's own glob would take more memory than the rest of the supervisor. */
function filesOf(pattern: string, from: string): string[] {
  const path = resolve(dirname(from), pattern);
  const name = basename(path);
  if (!name.includes('*')) return [path];
  const parts = name.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`);
  try {
    const names = readdirSync(dirname(path)).filter((entry) => !entry.startsWith('.') && expression.test(entry));
    return names.toSorted().map((entry) => join(dirname(path), entry));
  } catch {
    return [];
  }
}

function mailOf(configs: readonly MonitConfig[]): MailSettings | undefined {
  const server = configs.find((config) => config.mailServer !== undefined)?.mailServer;
  const recipient = configs.find((config) => config.recipient !== undefined)?.recipient;
  return server === undefined || recipient === undefined ? undefined : { ...server, recipient };
}

function withoutConflicts(processes: readonly ProcessCheck[], errors: string[]): ProcessCheck[] {
  const byName = new Map<string, ProcessCheck>();
  const complain = ({ file, line }: ProcessCheck, problem: string): void => {
    errors.push(new MonitSyntaxError(file, line, problem).message);
  };
  for (const process of processes) {
    const other = byName.get(process.name);
    if (other === undefined) byName.set(process.name, process);
    else complain(process, `service '${process.name}' is already defined in ${other.file}:${other.line}`);
  }
  for (const process of byName.values()) {
    for (const name of process.dependsOn) {
      if (!byName.has(name)) complain(process, `service '${process.name}' depends on '${name}', which does not exist`);
    }
    if (dependsOnItself(process, byName)) complain(process, `service '${process.name}' depends on itself`);
  }
  return [...byName.values()];
}

function dependsOnItself(process: ProcessCheck, byName: ReadonlyMap<string, ProcessCheck>): boolean {
  const pending = [...process.dependsOn];
  const seen = new Set<string>();
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === process.name) return true;
    if (!seen.has(name)) pending.push(...(byName.get(name)?.dependsOn ?? []));
    seen.add(name);
  }
  return false;
}
