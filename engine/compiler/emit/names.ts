/** Names of the generated module's own, given once each: two things of a flow never share one. */
export class ModuleNames {
  readonly #taken: Set<string>;

  /** `taken`: what the module means by itself, and what the flow calls its variables. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** The name, or the name with the first number that makes it new. */
  take(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.#taken.has(name); number++) name = `${wanted}${number}`;
    this.#taken.add(name);
    return name;
  }
}
