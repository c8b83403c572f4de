/** The names of labels are bounded: after `most` names each further one is 'other', so that no client makes series without end. */
export const OTHER = 'other';

export class BoundedNames {
  readonly #known = new Set<string>();

  constructor(private readonly most: number) {}

  of(name: string): string {
    if (this.#known.has(name)) return name;
    if (this.#known.size >= this.most) return OTHER;
    this.#known.add(name);
    return name;
  }
}
