/** Addresses of requests. What is below the address of a connection stays there. */
import { failure, notSent } from './call';
import { climbs } from './climbs';

export function below(address: string, path: string): URL {
  const url = parsed(address);
  const prefix = url.pathname.replace(/\/*$/, '/');
  const [pathname = '', query = ''] = path.replace(/^\/+/, '').split(/\?(.*)/s);
  url.pathname = prefix + pathname;
  url.search = query;
  if (climbs(pathname, { encoded: false }) || !url.pathname.startsWith(prefix))
    throw invalid('The path leaves the address of its connection.');
  return url;
}

export function parsed(address: string): URL {
  if (URL.canParse(address)) return new URL(address);
  throw invalid(`${JSON.stringify(address)} is not an address.`);
}

/** Nothing was sent, and another attempt changes nothing. */
export const invalid = (message: string) => notSent(failure('InvalidRequest', true, message));
