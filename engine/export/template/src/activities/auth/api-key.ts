import { environment } from '../call';
import type { Authenticate } from '../connections';

/** `secret`: the variable of the environment. */
export const apiKey =
  ({ in: place, name, secret }: { in: 'header' | 'query'; name: string; secret: string }): Authenticate =>
  ({ url, headers }) => {
    const key = environment(secret);
    if (place === 'header') headers[name.toLowerCase()] = key;
    else url.searchParams.append(name, key);
  };
