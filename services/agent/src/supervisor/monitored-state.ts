import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Remembers across restarts which services are monitored. A file that is absent or damaged counts as empty. */
export class MonitoredState {
  readonly #path: string;
  #written = '';

  constructor(path: string) {
    this.#path = path;
  }

  read(): Map<string, boolean> {
    try {
      const entries = Object.entries(JSON.parse(readFileSync(this.#path, 'utf8')) as Record<string, unknown>);
      return new Map(entries.map(([name, monitored]) => [name, monitored === true]));
    } catch {
      return new Map();
    }
  }

  write(monitored: ReadonlyMap<string, boolean>): void {
    const text = JSON.stringify(Object.fromEntries(monitored));
    if (text === this.#written) return;
    writeFileSync(`${this.#path}.tmp`, text, { mode: 0o600 });
    renameSync(`${this.#path}.tmp`, this.#path);
    this.#written = text;
  }
}
