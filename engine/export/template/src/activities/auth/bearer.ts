import { environment } from '../call';
import type { Authenticate } from '../connections';

/** `secret`: the variable of the environment. */
export const bearer =
  ({ secret }: { secret: string }): Authenticate =>
  ({ headers }) => {
    headers.authorization = `Bearer ${environment(secret)}`;
  };
