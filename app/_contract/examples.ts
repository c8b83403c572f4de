/** What services of an example have booked, by their own report; the web passes it on unread. */
export interface ExampleBooks {
  /** Null: all of them. */
  key: string | null;
  books: unknown;
  readAtMs: number;
}

/** How an example is offered. */
export interface ExampleOffer {
  flow: string;
  title: string;
  text: string;
}
