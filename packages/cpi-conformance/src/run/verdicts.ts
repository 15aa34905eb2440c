import type { Exchange } from '../target/exchange.ts';

/** The CPI does not keep the rule. */
export class RuleBroken extends Error {
  readonly expected: string;
  readonly got: string;
  /** The call that shows it. */
  readonly exchange: Exchange | undefined;

  constructor({ expected, got, exchange }: { expected: string; got: string; exchange?: Exchange | undefined }) {
    super(`expected ${expected}; got ${got}`);
    this.expected = expected;
    this.got = got;
    this.exchange = exchange;
  }
}

/** The rule says nothing about this CPI. */
export class NotApplicable extends Error {}

/** What the check needs (a VM, a disk) could not be made, so nothing is known about the rule. */
export class Blocked extends Error {
  readonly exchange: Exchange | undefined;

  constructor(message: string, exchange?: Exchange) {
    super(message);
    this.exchange = exchange;
  }
}
