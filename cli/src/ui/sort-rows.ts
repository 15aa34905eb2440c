/** Compares as natural text: runs of digits by their value. */
export function compareNaturally(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** A sorted copy; later keys decide where the earlier ones are equal. */
export function sortedBy<T>(items: readonly T[], ...keys: readonly ((a: T, b: T) => number)[]): T[] {
  return [...items].sort((a, b) => {
    for (const compare of keys) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  });
}

export const byText =
  <T>(text: (item: T) => string) =>
  (a: T, b: T): number => {
    const [left, right] = [text(a), text(b)];
    return left < right ? -1 : Number(left > right);
  };
