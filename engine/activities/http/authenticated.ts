/** A request with the credentials of its connection. */
import type { HttpAuth } from '../../flow/connections/http';
import { credentialsFor, type AuthEnvironment, type Credentials, type Unsigned } from './auth';
import { exchange, type Sending } from './exchange';
import type { Received } from './send';

type Rest = Omit<Sending, keyof Unsigned | 'headers' | 'secrets'> & Partial<Pick<Sending, 'secrets'>>;

/** Rejects as `credentialsFor` and `exchange` do. */
export async function sendAuthenticated(
  request: Unsigned & { headers: Record<string, string> },
  auth: HttpAuth,
  environment: AuthEnvironment,
  rest: Rest
): Promise<Received> {
  const sendWith = ({ headers, query }: Credentials): Promise<Received> => {
    const url = new URL(request.url);
    for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
    return exchange({
      ...rest,
      ...request,
      url,
      headers: { ...request.headers, ...headers },
      secrets: { ...rest.secrets, ...headers },
    });
  };
  const credentials = await credentialsFor(request, auth, environment);
  const received = await sendWith(credentials);
  // A service that refuses a token has done nothing. The call is repeated once, with a new token and the same key.
  if (received.status !== 401 || credentials.token === null) return received;
  const renewed = await credentialsFor(request, auth, environment, credentials.token);
  return renewed.token === credentials.token ? received : sendWith(renewed);
}

/** The origins that a connection with this authentication reaches by itself. */
export const originsOf = (address: URL, auth: HttpAuth): string[] => [
  address.origin,
  ...(auth.kind === 'oauth2' ? [new URL(auth.tokenUrl).origin] : []),
];
