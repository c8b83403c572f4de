import { environment } from '../call';
import type { Authenticate } from '../connections';

/** `secret`: the variable of the environment. */
export const basic =
  ({ username, secret }: { username: string; secret: string }): Authenticate =>
  ({ headers }) => {
    headers.authorization = `Basic ${Buffer.from(`${username}:${environment(secret)}`).toString('base64')}`;
  };
