/** Assigns the generated module's own names: two things of a flow never get the same name. */
export class ModuleNames {
  readonly #taken: Set<string>;

  /** `taken`: names that the module itself uses, and names of the flow's variables. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** The name, or the name with the first number that makes it unique. */
  take(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.#taken.has(name); number++) name = `${wanted}${number}`;
    this.#taken.add(name);
    return name;
  }
}
