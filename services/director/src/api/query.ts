/** A request's query string. Flags are true for the text `true` only, as upstream has it. */
export class Query {
  readonly #parameters: URLSearchParams;

  constructor(url: string) {
    const mark = url.indexOf('?');
    this.#parameters = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  }

  /** Undefined when it is absent. */
  get(name: string): string | undefined {
    return this.#parameters.get(name) ?? undefined;
  }

  /** Undefined when it is absent or empty. */
  filled(name: string): string | undefined {
    return this.get(name) || undefined;
  }

  flag(name: string): boolean {
    return this.get(name) === 'true';
  }

  /** `name=a&name=b` */
  all(name: string): readonly string[] {
    return this.#parameters.getAll(name);
  }

  /** `name=a,b`; undefined when it is absent. */
  list(name: string): readonly string[] | undefined {
    return this.get(name)
      ?.split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }
}
