/**
 * The OpenID Connect provider by which people may sign in, if one is configured: the authorization code flow with PKCE,
 * state and nonce. The library checks signature, issuer, audience, times and nonce of the ID token.
 *
 * Invariants: nothing is asked of any other server than the issuer and the hosts that the operator named beside it; a
 * redirect is not followed. What it says of roles and groups is not read.
 */
import * as oidc from 'openid-client';
import type { WebConfig } from '../config';
import { Refusal } from '../failure';

type Settings = NonNullable<WebConfig['oidc']>;

/** Who signed in there. */
export interface Identity {
  issuer: string;
  /** The id of the account there, which never changes. */
  subject: string;
  email: string | null;
  /** True: the provider knows that this address is theirs. */
  emailVerified: boolean;
  name: string | null;
}
/** What the answer of the provider is checked against. It is a secret. */
export interface Begun {
  state: string;
  nonce: string;
  verifier: string;
}

const ANSWER_S = 5;
/** The provider's keys and addresses change seldom; the library reads unknown keys again by itself. */
const DISCOVERED_MS = 60 * 60_000;

export class Provider {
  #discovered: { until: number; configuration: Promise<oidc.Configuration> } | null = null;

  constructor(
    private readonly settings: Settings,
    private readonly redirectUri: URL
  ) {}

  /** What people call it: 'Acme'. */
  get name(): string {
    return this.settings.name;
  }

  /** The address to send the browser to. Throws `providerAway`. */
  async begin(): Promise<Begun & { url: string }> {
    const configuration = await this.#configuration();
    const verifier = oidc.randomPKCECodeVerifier();
    const begun = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier };
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: this.redirectUri.href,
      scope: 'openid email profile',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: begun.state,
      nonce: begun.nonce,
    });
    return { ...begun, url: url.href };
  }

  /** `answer`: the query with which the browser came back. Throws `providerRefused`, `providerAway`. */
  async finish(answer: URLSearchParams, { state, nonce, verifier }: Begun): Promise<Identity> {
    const configuration = await this.#configuration();
    const url = new URL(this.redirectUri);
    url.search = answer.toString();
    try {
      const tokens = await oidc.authorizationCodeGrant(configuration, url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const token = tokens.claims();
      if (!token) throw new Error('there is no ID token');
      // Many providers say the address only here.
      const said =
        token.email === undefined && configuration.serverMetadata().userinfo_endpoint
          ? await oidc.fetchUserInfo(configuration, tokens.access_token, token.sub)
          : token;
      return {
        issuer: token.iss,
        subject: token.sub,
        email: typeof said.email === 'string' ? said.email.toLowerCase() : null,
        // Some providers write it as text.
        emailVerified: said.email_verified === true || (said.email_verified as unknown) === 'true',
        name: typeof said.name === 'string' ? said.name : null,
      };
    } catch (error) {
      throw this.#refusalOf(error);
    }
  }

  /** A failure is not kept: the next person asks again. */
  async #configuration(): Promise<oidc.Configuration> {
    const now = Date.now();
    if (!this.#discovered || this.#discovered.until < now) {
      this.#discovered = { until: now + DISCOVERED_MS, configuration: this.#discover() };
    }
    try {
      return await this.#discovered.configuration;
    } catch (error) {
      this.#discovered = null;
      throw this.#refusalOf(error);
    }
  }

  async #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.settings;
    const isPlain = issuer.protocol === 'http:';
    return oidc.discovery(issuer, clientId, clientSecret, undefined, {
      timeout: ANSWER_S,
      [oidc.customFetch]: (url, options) => this.#ask(url, options),
      execute: [
        // Without it the library trusts the connection to the provider and does not check the signature.
        oidc.enableNonRepudiationChecks,
        // Only for a provider on this machine (config.ts).
        ...(isPlain ? [oidc.allowInsecureRequests] : []),
      ],
    });
  }

  #ask(url: string, options: oidc.CustomFetchOptions): Promise<Response> {
    const { origin, host } = new URL(url);
    if (origin !== this.settings.issuer.origin && !this.settings.hosts.includes(host))
      throw new Error(`${host} is neither the issuer nor in BACKSTITCH_OIDC_HOSTS`);
    return fetch(url, { ...options, redirect: 'manual' } as RequestInit);
  }

  #refusalOf(error: unknown): Refusal {
    const cause = { cause: error };
    if (isAway(error)) return new Refusal('providerAway', `${this.name} does not answer.`, undefined, cause);
    return new Refusal('providerRefused', `${this.name} did not confirm who you are.`, undefined, cause);
  }
}

/** No connection, no answer in time, or an error of the server. */
function isAway(error: unknown): boolean {
  for (let each = error, depth = 0; each instanceof Error && depth < 4; each = each.cause, depth++) {
    if (each.name === 'TimeoutError' || each.name === 'AbortError' || each.message === 'fetch failed') return true;
    const { cause } = each;
    if (cause instanceof Response && cause.status >= 500) return true;
  }
  return false;
}
