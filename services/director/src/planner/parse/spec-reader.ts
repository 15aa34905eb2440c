import {
  ValidationInvalidType,
  ValidationInvalidValue,
  ValidationMissingField,
  ValidationViolatedMax,
  ValidationViolatedMin,
} from '../../errors.ts';
import { inspectValue } from '../inspect-value.ts';

export type Properties = Readonly<Record<string, unknown>>;

interface Limits {
  readonly min?: number;
  readonly max?: number;
}

/**
 * Reads one YAML mapping by BOSH's conventions: numbers pass for texts, booleans are strict, null counts as missing,
 * unknown keys are nobody's business here.
 */
export class SpecReader {
  readonly source: Properties;

  constructor(value: unknown) {
    if (!isProperties(value)) {
      throw new ValidationInvalidType(`Object (${inspectValue(value)}) did not match the required type 'Hash'`);
    }
    this.source = value;
  }

  has(name: string): boolean {
    return this.source[name] !== undefined && this.source[name] !== null;
  }

  string(name: string): string {
    return this.#required(name, this.stringOr(name, undefined));
  }

  stringOr<Fallback>(name: string, fallback: Fallback): string | Fallback {
    const value = this.source[name];
    if (!this.has(name)) {
      return fallback;
    }
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw wrongType(name, value, 'String');
    }
    return String(value);
  }

  /** A text that must hold something. */
  nonEmptyString(name: string): string {
    const value = this.string(name);
    if (value === '') {
      throw new ValidationViolatedMin(`'${name}' length (0) should be greater than 1`);
    }
    return value;
  }

  oneOf<const Choice extends string, Fallback>(
    name: string,
    choices: readonly Choice[],
    fallback: Fallback,
  ): Choice | Fallback {
    const value = this.stringOr(name, undefined);
    if (value === undefined) {
      return fallback;
    }
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) {
      throw new ValidationInvalidValue(`Invalid ${name} '${value}', valid values are: ${choices.join(', ')}`);
    }
    return choice;
  }

  integer(name: string, limits: Limits = {}): number {
    return this.#required(name, this.integerOr(name, undefined, limits));
  }

  integerOr<Fallback>(name: string, fallback: Fallback, limits: Limits = {}): number | Fallback {
    const value = this.source[name];
    if (!this.has(name)) {
      return fallback;
    }
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      throw wrongType(name, value, 'Integer');
    }
    if (limits.min !== undefined && value < limits.min) {
      throw new ValidationViolatedMin(`'${name}' value (${value}) should be greater than ${limits.min}`);
    }
    if (limits.max !== undefined && value > limits.max) {
      throw new ValidationViolatedMax(`'${name}' value (${value}) should be less than ${limits.max}`);
    }
    return value;
  }

  booleanOr<Fallback>(name: string, fallback: Fallback): boolean | Fallback {
    const value = this.source[name];
    if (!this.has(name)) {
      return fallback;
    }
    if (typeof value !== 'boolean') {
      throw wrongType(name, value, 'Boolean');
    }
    return value;
  }

  map(name: string): Properties {
    return this.#required(name, this.mapOr(name, undefined));
  }

  mapOr<Fallback>(name: string, fallback: Fallback): Properties | Fallback {
    const value = this.source[name];
    if (!this.has(name)) {
      return fallback;
    }
    if (!isProperties(value)) {
      throw wrongType(name, value, 'Hash');
    }
    return value;
  }

  list(name: string): readonly unknown[] {
    return this.#required(name, this.listOr(name, undefined));
  }

  listOr<Fallback>(name: string, fallback: Fallback): readonly unknown[] | Fallback {
    const value = this.source[name];
    if (!this.has(name)) {
      return fallback;
    }
    if (!Array.isArray(value)) {
      throw wrongType(name, value, 'Array');
    }
    return value;
  }

  /** The mappings in a list; a missing list is empty. */
  readers(name: string): readonly SpecReader[] {
    return this.listOr(name, []).map((item) => new SpecReader(item));
  }

  /** The texts in a list; a missing list is empty. */
  strings(name: string): readonly string[] {
    return this.listOr(name, []).map((item) => new SpecReader({ [name]: item }).string(name));
  }

  #required<Value>(name: string, value: Value | undefined): Value {
    if (value === undefined) {
      throw new ValidationMissingField(
        `Required property '${name}' was not specified in object (${inspectValue(this.source)})`,
      );
    }
    return value;
  }
}

function isProperties(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongType(name: string, value: unknown, type: string): Error {
  return new ValidationInvalidType(
    `Property '${name}' value (${inspectValue(value)}) did not match the required type '${type}'`,
  );
}
