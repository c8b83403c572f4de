/**
 * The first entries of a long list, when not all are drawn: every group has its share, so that a large group does not
 * hide the others. [FSH1]
 */
export function fairShare<T>(groups: readonly (readonly T[])[], most: number): T[][] {
  let left = most;
  const shares = groups.map(() => 0);
  for (let open = groups.map((_, index) => index); open.length > 0 && left > 0;) {
    const each = Math.max(1, Math.floor(left / open.length));
    for (const index of open) {
      const more = Math.min(each, left, groups[index]!.length - shares[index]!);
      shares[index]! += more;
      left -= more;
    }
    open = open.filter((index) => shares[index]! < groups[index]!.length);
  }
  return groups.map((group, index) => group.slice(0, shares[index]));
}

/** In the order in which the groups appear. */
export function grouped<T>(items: readonly T[], groupOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(groupOf(item));
    if (group) group.push(item);
    else groups.set(groupOf(item), [item]);
  }
  return [...groups];
}
