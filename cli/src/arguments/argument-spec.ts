/** A positional argument. `T` is what the command gets. */
export interface ArgumentSpec<T> {
  /** As usage shows it: `PATH`, `INSTANCE-GROUP[/INSTANCE-ID]`. */
  readonly name: string;
  readonly count: 'one' | 'optional' | 'rest';
  readonly isRequired: boolean;
  /** Never called; carries the type. */
  readonly type?: (value: T) => void;
}

export type ArgumentSpecs = Readonly<Record<string, ArgumentSpec<never>>>;
export type ArgumentValues<A extends ArgumentSpecs> = {
  readonly [K in keyof A]: A[K] extends ArgumentSpec<infer T> ? T : never;
};

export const argument = (name: string): ArgumentSpec<string> => ({ name, count: 'one', isRequired: true });

export const optionalArgument = (name: string): ArgumentSpec<string | undefined> => ({
  name,
  count: 'optional',
  isRequired: false,
});

/** All that are left; must stand last. */
export const restArguments = (name: string, isRequired = false): ArgumentSpec<readonly string[]> => ({
  name,
  count: 'rest',
  isRequired,
});

/** As usage shows it: `PATH`, `[PATH]`, `PATH...`. */
export function argumentUsage({ name, count, isRequired }: ArgumentSpec<never>): string {
  const text = count === 'rest' ? `${name}...` : name;
  return isRequired ? text : `[${text}]`;
}
