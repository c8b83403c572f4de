/**
 * A real OpenID Connect provider (`oidc-provider`) on a port of its own, behind a server that can change what it answers:
 * the discovery document and the ID token, signed again with the provider's own key.
 */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { Provider } from 'oidc-provider';

export const CLIENT = { id: 'backstitch', secret: 'only this test and the provider know it' };

/** The account there. */
export interface Claims {
  sub: string;
  email?: string;
  email_verified?: boolean;
  name?: string;
  [more: string]: unknown;
}

export interface TestProvider {
  issuer: string;
  /** Who signs in next. */
  person: Claims;
  /** Changes the claims of the next ID tokens. */
  forge: ((claims: JWTPayload) => JWTPayload) | null;
  /** Signs the next ID tokens with a key that is not the provider's. */
  foreignKey: boolean;
  discovery: ((document: Record<string, unknown>) => Record<string, unknown>) | null;
  /** Paths that were asked for by Backstitch itself. */
  asked: string[];
  close(): Promise<void>;
}

export async function startProvider(redirectUri: string): Promise<TestProvider> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const foreign = await generateKeyPair('RS256');
  const kid = 'key-1';
  const jwk = { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' };
  const outer = createServer();
  const inner = createServer();
  const listen = async (server: typeof outer) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const [outerPort, innerPort] = [await listen(outer), await listen(inner)];
  const issuer = `http://127.0.0.1:${outerPort}`;
  const test: TestProvider = {
    issuer,
    person: { sub: 'nobody' },
    forge: null,
    foreignKey: false,
    discovery: null,
    asked: [],
    close: () =>
      Promise.all(
        [outer, inner].map((server) => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        })
      ).then(() => {}),
  };

  const provider: Provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri] }],
    pkce: { required: () => true },
    claims: { openid: ['sub', 'roles', 'groups'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ ...test.person, sub }) }),
    // Everybody consents.
    async loadExistingGrant({ oidc }) {
      const grant = new provider.Grant({ clientId: oidc.client?.clientId, accountId: oidc.session?.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    jwks: { keys: [jwk] },
    ttl: { Interaction: 60, Grant: 60, Session: 60, AccessToken: 60, IdToken: 60 },
    cookies: { keys: ['a key of the test'] },
  });
  const serve = provider.callback();
  inner.on('request', (asked, answer) => {
    if (!asked.url?.startsWith('/interaction/')) return void serve(asked, answer);
    void provider.interactionFinished(asked, answer, { login: { accountId: test.person.sub } });
  });

  const sign = (claims: JWTPayload) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
      .sign(test.foreignKey ? foreign.privateKey : privateKey);
  const changed = async (path: string, text: string): Promise<string> => {
    const isDiscovery = path.startsWith('/.well-known/');
    if (isDiscovery && test.discovery)
      return JSON.stringify(test.discovery(JSON.parse(text) as Record<string, unknown>));
    if (path !== '/token' || !(test.forge || test.foreignKey)) return text;
    const answer = JSON.parse(text) as { id_token?: string };
    if (!answer.id_token) return text;
    const claims = decodeJwt(answer.id_token);
    return JSON.stringify({ ...answer, id_token: await sign(test.forge?.(claims) ?? claims) });
  };
  const pass = async (asked: IncomingMessage, answer: ServerResponse) => {
    const path = asked.url ?? '/';
    if (!/^\/(auth|interaction)/.test(path)) test.asked.push(path);
    const forwarded = request({
      host: '127.0.0.1',
      port: innerPort,
      path,
      method: asked.method,
      headers: asked.headers,
    });
    asked.pipe(forwarded);
    const from = await new Promise<IncomingMessage>((resolve, reject) => {
      forwarded.on('response', resolve);
      forwarded.on('error', reject);
    });
    const chunks: Buffer[] = [];
    for await (const chunk of from) chunks.push(chunk as Buffer);
    const text = await changed(path, Buffer.concat(chunks).toString());
    const { 'content-length': _length, 'transfer-encoding': _encoding, ...headers } = from.headers;
    answer.writeHead(from.statusCode ?? 500, headers).end(text);
  };
  outer.on('request', (asked, answer) => void pass(asked, answer).catch(() => answer.writeHead(502).end()));
  return test;
}

/** A browser at the provider: follows its redirects until one leads away. Returns that address. */
export async function signInThere(provider: TestProvider, url: string): Promise<URL> {
  const jar = new Map<string, string>();
  for (let next = new URL(url), steps = 0; steps < 10; steps++) {
    if (next.origin !== provider.issuer) return next;
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(next, { redirect: 'manual', headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    const location = answer.headers.get('location');
    if (!location) throw new Error(`the provider answered ${answer.status}: ${await answer.text()}`);
    next = new URL(location, next);
  }
  throw new Error('the provider redirects for ever');
}
