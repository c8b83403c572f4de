/** The name that somebody meant who misspelt one: at most a third of its letters are other ones. Pure. */

/** Null: no name is near, or two are equally near. */
export function nearestName(given: string, names: readonly string[]): string | null {
  let best: string[] = [];
  let least = Math.max(Math.floor(given.length / 3), given.length > 1 ? 1 : 0);
  for (const name of names) {
    if (name === given || Math.abs(name.length - given.length) > least) continue;
    const changes = changesBetween(given.toLowerCase(), name.toLowerCase(), least);
    if (changes > least) continue;
    best = changes < least || best.length === 0 ? [name] : [...best, name];
    least = changes;
  }
  return best.length === 1 ? best[0]! : null;
}

/** Letters to insert, remove, replace, or swap with the next one; more than `most` if there are more. */
function changesBetween(a: string, b: string, most: number): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const now = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      let least = Math.min(last[column]! + 1, now[column - 1]! + 1, last[column - 1]! + (isSame ? 0 : 1));
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isSwapped) least = Math.min(least, before[column - 2]! + 1);
      now.push(least);
    }
    if (Math.min(...now) > most) return most + 1;
    [before, last] = [last, now];
  }
  return last[b.length]!;
}
