import fc from 'fast-check';

/** The same examples in every run; `BOTI_TEST_SEED=7` gives others, `BOTI_TEST_SEED=random` new ones each time. */
const given = process.env.BOTI_TEST_SEED ?? '1';
const seed = given === 'random' ? Math.trunc(Math.random() * 2 ** 31) : Number(given);

interface Options {
  readonly numRuns?: number;
}

/** As fast-check's `assert`. Where the property does not hold, the message names seed and path of the counterexample. */
export function checkProperty<T>(property: fc.IProperty<T>, options: Options = {}): void {
  fc.assert(property, { seed, ...options });
}

export async function checkAsyncProperty<T>(property: fc.IAsyncProperty<T>, options: Options = {}): Promise<void> {
  await fc.assert(property, { seed, ...options });
}
