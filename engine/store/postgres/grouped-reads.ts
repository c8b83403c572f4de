/**
 * Reads that are asked while one of the same kind is under way are answered by one query when it is done, as group
 * commit does for writes (../group-commit.ts). A thousand starts at once then cost a few queries, and none of them
 * waits behind a thousand others. A read begins after it was asked, so it sees whatever was committed before.
 */
export class GroupedReads<Key, Row> {
  #waiting: { key: Key; resolve: (row: Row | null) => void; reject: (error: unknown) => void }[] = [];
  #busy = false;

  /** `read` answers the keys in their order. */
  constructor(
    private readonly read: (keys: readonly Key[]) => Promise<readonly (Row | null)[]>,
    private readonly most = 500
  ) {}

  ask(key: Key): Promise<Row | null> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ key, resolve, reject });
      if (!this.#busy) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const asked = this.#waiting.splice(0, this.most);
      try {
        const rows = await this.read(asked.map(({ key }) => key));
        asked.forEach(({ resolve }, index) => resolve(rows[index] ?? null));
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.#busy = false;
  }
}
