import type { Command } from '../command.ts';

interface Entry {
  readonly aliases?: readonly string[];
  load(): Promise<Command>;
}

/** Every command by its name, loaded when it is asked for. */
const commands: Readonly<Record<string, Entry>> = {
  'cancel-task': { aliases: ['ct'], load: async () => (await import('./cancel-task.ts')).cancelTask },
  help: { load: async () => (await import('./help.ts')).help },
};

export function commandNames(): readonly string[] {
  return Object.keys(commands);
}

/** The command with this name or alias. */
export async function findCommand(name: string): Promise<Command | undefined> {
  const entry = Object.hasOwn(commands, name)
    ? commands[name]
    : Object.values(commands).find(({ aliases }) => aliases?.includes(name));
  return await entry?.load();
}

export async function allCommands(): Promise<readonly Command[]> {
  return await Promise.all(Object.values(commands).map((entry) => entry.load()));
}

/** Names and aliases without loading the commands, for the test that compares them. */
export function commandAliases(name: string): readonly string[] {
  return commands[name]?.aliases ?? [];
}
