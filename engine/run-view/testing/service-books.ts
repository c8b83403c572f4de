/**
 * The books of a service that steps call: what was carried out, what was undone, which calls are still on their way. It
 * keeps the promise that a step declares of late calls, and no other.
 */
import type { Script } from './random-flow';

interface Book {
  applied: boolean;
  undone: boolean;
  /** A call that was sent and has not arrived. */
  onItsWay: boolean;
  /** The key is refused from now on. */
  refused: boolean;
}
type Promised = Pick<Script, 'lateCalls' | 'settlesWithin'>;

export class ServiceBooks {
  readonly #books = new Map<string, Book>();

  /** A forward call, carried out now, later or never. The same key is carried out once. */
  call(key: string, happens: Script['happens']): void {
    const book = this.#of(key);
    if (happens === 'later') book.onItsWay = true;
    if (happens === 'now') this.#arrive(book);
  }

  undo(key: string, promised: Promised): void {
    const book = this.#asked(key, promised);
    if (book.applied) book.undone = true;
  }

  lookUp(key: string, promised: Promised): boolean {
    return this.#asked(key, promised).applied;
  }

  undoByHand(key: string): void {
    const book = this.#of(key);
    Object.assign(book, { undone: book.applied, onItsWay: false, refused: true });
  }

  /** Who is asked waits until they can see it. */
  whatAPersonFinds(key: string, undo: boolean): 'applied' | 'notApplied' | 'undo' {
    if (undo) return 'undo';
    const book = this.#of(key);
    if (book.onItsWay) this.#arrive(book);
    return book.applied ? 'applied' : 'notApplied';
  }

  /** Everything that is on its way under keys that begin like this arrives. */
  deliverLate(prefix: string): void {
    for (const [key, book] of this.#books) if (key.startsWith(prefix) && book.onItsWay) this.#arrive(book);
  }

  /** Is the effect in the books, and not undone? */
  holds(key: string): boolean {
    const { applied, undone } = this.#of(key);
    return applied && !undone;
  }

  /** Asked about a key: within its time late calls have arrived; where they are refused, this one is from now on. */
  #asked(key: string, { lateCalls, settlesWithin }: Promised): Book {
    const book = this.#of(key);
    if (lateCalls === 'refused') book.refused = true;
    else if (settlesWithin !== undefined && book.onItsWay) this.#arrive(book);
    return book;
  }

  #arrive(book: Book): void {
    book.onItsWay = false;
    // Carried out once: a call with a key that was undone counts as a new one only where nobody refuses it.
    if (book.refused && !book.applied) return;
    book.applied = true;
  }

  #of(key: string): Book {
    const known = this.#books.get(key);
    if (known) return known;
    const book: Book = { applied: false, undone: false, onItsWay: false, refused: false };
    this.#books.set(key, book);
    return book;
  }
}
