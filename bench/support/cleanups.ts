/** What has to be undone at the end, last things first; node:test's `t.after` for programs that are no tests. */
export class Cleanups implements AsyncDisposable {
  readonly #work: (() => Promise<void> | void)[] = [];

  after(work: () => Promise<void> | void): void {
    this.#work.push(work);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const undo of this.#work.splice(0).reverse()) {
      try {
        await undo();
      } catch (error) {
        process.stderr.write(`  clean up: ${String(error)}\n`);
      }
    }
  }
}
