import { ExpectedError } from '@boti/core';

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The text is not YAML, or uses it in a way that cannot be read. */
export class YamlInvalid extends ExpectedError {
  readonly file: string;
  readonly position: Position | undefined;

  constructor(file: string, problem: string, position?: Position) {
    const where = position === undefined ? file : `${file}, line ${position.line}, column ${position.column}`;
    super(`${where}: ${problem}`);
    this.file = file;
    this.position = position;
  }
}
