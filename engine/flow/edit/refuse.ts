/** How an operation is refused while it is checked and performed; apply.ts turns it into a value. */
import type { Refusal, RefusalCode } from './operations';

export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}
export function refuse(code: RefusalCode, message: string): never {
  throw new Refused({ code, message });
}
