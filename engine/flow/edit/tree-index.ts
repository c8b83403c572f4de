/**
 * Where every id of a draft is. It is made once for a draft, and follows the edits of a gesture: each edit changes what
 * it touches, so a gesture of thousands of edits does not read the whole draft for each of them.
 *
 * Rules
 * [IX1] After an edit the index is the same as a new index of the edited draft.
 * [IX2] The index belongs to the newest draft. An older draft that is asked again gets a new one.
 * [IX3] An edit reads what it touches and the sequence around it, not the whole draft. A rename asks every step for the
 *       names that it reads, which are found once for a step.
 */
import { outputName } from '../names';

/** What the index reads of a node. */
export interface Tree {
  readonly id: string;
  readonly branches: readonly { readonly id: string; readonly at: string; readonly steps: readonly Tree[] }[];
}
/** The sequence that contains a node: as in `SequencePlace`. */
export interface Around {
  parent: string | null;
  branch: string | null;
}
export interface Indexed<Node> extends Around {
  node: Node;
}

/**
 * Is this an id of which a flow has only one? Ids of branches that are their field's name occur in many nodes, and
 * those of handlers are unique in their node only.
 */
export const isUnique = ({ id, at }: { id: string; at: string }) => id !== at && at !== 'catch';

/** Ids that are taken. Two ids that expressions would read by the same name (`step-2` and `step2`) are the same. */
export class TakenIds {
  readonly #names = new Set<string>();
  /** The last number behind a text for which `free` looked: smaller ones are taken. */
  readonly #numbers = new Map<string, number>();

  constructor(ids: Iterable<string> = []) {
    for (const id of ids) this.add(id);
  }
  has(id: string): boolean {
    return this.#names.has(outputName(id));
  }
  add(id: string): void {
    this.#names.add(outputName(id));
  }
  delete(id: string): void {
    this.#names.delete(outputName(id));
    this.#numbers.clear();
  }
  /** The id itself, or with the smallest number that is free. A copy of the copy `pay-2` is `pay-3`. */
  free(id: string): string {
    if (!this.has(id)) return id;
    const stem = /^(.+)-[1-9]\d{0,5}$/.exec(id)?.[1];
    const of = stem !== undefined && this.has(stem) ? stem : id;
    let number = this.#numbers.get(of) ?? 2;
    while (this.has(`${of}-${number}`)) number++;
    this.#numbers.set(of, number);
    return `${of}-${number}`;
  }
}

export class TreeIndex<Node extends Tree> {
  readonly #nodes = new Map<string, Indexed<Node>>();
  /** Ids of nodes and of branches. */
  readonly taken = new TakenIds();

  constructor(steps: readonly Node[], tray: readonly Node[]) {
    for (const node of steps) this.add(node, { parent: null, branch: null });
    for (const node of tray) this.add(node, { parent: null, branch: 'tray' });
  }
  get size(): number {
    return this.#nodes.size;
  }
  get(id: string): Indexed<Node> | undefined {
    return this.#nodes.get(id);
  }

  /** A node with all that is inside it. */
  add(node: Node, { parent, branch }: Around): void {
    // In a draft that is not valid the first node of an id is found.
    if (!this.#nodes.has(node.id)) this.#nodes.set(node.id, { node, parent, branch });
    this.taken.add(node.id);
    for (const each of node.branches) this.#addBranch(node.id, each);
  }
  remove(node: Node): void {
    this.#nodes.delete(node.id);
    this.taken.delete(node.id);
    for (const each of node.branches) this.#removeBranch(each);
  }
  /** Another object for a node. Of its branches only those are read that are not the same. */
  replace(old: Node, node: Node): void {
    const { parent, branch } = this.#nodes.get(old.id)!;
    const isRenamed = old.id !== node.id;
    if (isRenamed) {
      this.#nodes.delete(old.id);
      this.taken.delete(old.id);
      this.taken.add(node.id);
    }
    this.#nodes.set(node.id, { node, parent, branch });
    if (old.branches === node.branches && !isRenamed) return;
    const before = new Map(old.branches.map((each) => [each.id, each]));
    const isSame = (each: Tree['branches'][number]) => !isRenamed && before.get(each.id)?.steps === each.steps;
    const same = new Set(node.branches.filter(isSame).map(({ id }) => id));
    for (const each of old.branches) if (!same.has(each.id)) this.#removeBranch(each);
    for (const each of node.branches) if (!same.has(each.id)) this.#addBranch(node.id, each);
  }
  /** Another object for a node of whose sequences one was changed, and that change is known already. */
  carry(node: Node): void {
    this.#nodes.get(node.id)!.node = node;
  }
  /** The node, with all that is inside it, is in another sequence. */
  move(id: string, { parent, branch }: Around): void {
    const found = this.#nodes.get(id)!;
    this.#nodes.set(id, { node: found.node, parent, branch });
  }
  /** Is a node inside another, or the other itself? */
  isWithin(id: string | null, outer: string): boolean {
    for (let at = id; at !== null; at = this.#nodes.get(at)?.parent ?? null) if (at === outer) return true;
    return false;
  }
  /** The number of nodes around the nodes of a sequence. */
  depthOf({ parent }: Around): number {
    let depth = 0;
    for (let at = parent; at !== null; at = this.#nodes.get(at)?.parent ?? null) depth++;
    return depth;
  }
  nodes(): Iterable<Indexed<Node>> {
    return this.#nodes.values();
  }

  #addBranch(parent: string, branch: Tree['branches'][number]): void {
    if (isUnique(branch)) this.taken.add(branch.id);
    for (const node of branch.steps) this.add(node as Node, { parent, branch: branch.id });
  }
  #removeBranch(branch: Tree['branches'][number]): void {
    if (isUnique(branch)) this.taken.delete(branch.id);
    for (const node of branch.steps) this.remove(node as Node);
  }
}
