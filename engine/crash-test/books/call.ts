/** One call of the hostile service, and what its books say of the key. */
import type { ServerResponse } from 'node:http';

export interface Book {
  applied: number;
  undone: number;
  /** Calls with this key are refused from now on. */
  refused: boolean;
  /** In words, for a person who looks for the cause. */
  log: string[];
}

export interface Call {
  book: Book;
  /** 1 is the first attempt that arrived. */
  attempt: number;
  lateMs: number;
  /** Carries it out; false if its key is refused. */
  act(): boolean;
  answer(status: number, body?: object, headers?: Record<string, string>): void;
  response: ServerResponse;
  cut(): void;
}
