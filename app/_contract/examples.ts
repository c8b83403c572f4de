import type { BookSum } from '@/engine/examples/bookkeeper';
import type { BookedKey } from '@/engine/run-view/books';

/** What a service of the examples has booked under one reference. */
export interface ExampleBooks {
  /** Null: all references. */
  reference: string | null;
  /** In the order in which they were first seen. */
  keys: BookedKey[];
  sums: BookSum[];
  readAtMs: number;
}

/** How an example is offered. */
export interface ExampleOffer {
  flow: string;
  title: string;
  text: string;
}
