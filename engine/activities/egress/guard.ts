/**
 * Where requests may go: to the origins of the connections and to BACKSTITCH_HTTP_ALLOW, and nowhere else.
 *
 * Invariants:
 * - An origin is checked before a socket is created. The address is checked again when the name was resolved, in the
 *   same resolution that the socket uses. So a name that resolves differently the second time (rebinding) gains
 *   nothing.
 * - An origin that the configuration names may be on a private network, because the operator of the machine has
 *   allowed it. An origin that only a wildcard covers must have a public address. Link-local addresses (cloud
 *   metadata) are reached only if the origin contains the address itself.
 */
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityConfig } from '../config';
import { classOf } from './address';

export type Resolver = (host: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void;

type Trust = 'named' | 'wildcard';

const systemResolver: Resolver = (host, done) =>
  resolve(host, { all: true, verbatim: true }, (error, addresses) => done(error, addresses));

export class EgressGuard {
  readonly #named: ReadonlySet<string>;
  readonly #agents: Record<Trust, { 'http:': HttpAgent; 'https:': HttpsAgent }>;

  constructor(
    private readonly config: Pick<ActivityConfig, 'connections' | 'allow'>,
    private readonly resolver: Resolver = systemResolver
  ) {
    this.#named = new Set([...config.connections.values()].map((url) => url.origin));
    const agents = (trust: Trust) => {
      const options = { keepAlive: true, maxSockets: 64, lookup: this.#lookup(trust) };
      return { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };
    };
    this.#agents = { named: agents('named'), wildcard: agents('wildcard') };
  }

  /** The agent for the request. Throws `EgressDenied`. */
  agentFor(url: URL): HttpAgent {
    const trust = this.#trustOf(url);
    if (!trust) {
      throw denied(
        url.host,
        `Requests to ${url.origin} are not allowed. Add it to BACKSTITCH_CONNECTIONS, or add ${url.origin} to BACKSTITCH_HTTP_ALLOW.`
      );
    }
    // A literal address is never resolved, so it is checked here.
    if (trust === 'wildcard' && isIP(url.hostname.replace(/^\[|\]$/g, '')) && classOf(url.hostname) !== 'public') {
      throw deniedAddress(url.hostname, url.hostname);
    }
    return this.#agents[trust][url.protocol as 'http:' | 'https:'];
  }

  close(): void {
    for (const agents of Object.values(this.#agents)) for (const agent of Object.values(agents)) agent.destroy();
  }

  #trustOf(url: URL): Trust | null {
    if (this.#named.has(url.origin)) return 'named';
    let trust: Trust | null = null;
    for (const pattern of this.config.allow) {
      if (pattern.protocol !== url.protocol || pattern.port !== url.port) continue;
      if (!pattern.anyHostBelow && pattern.host === url.hostname) return 'named';
      if (pattern.anyHostBelow && (pattern.host === '' || url.hostname.endsWith(`.${pattern.host}`)))
        trust = 'wildcard';
    }
    return trust;
  }

  #lookup(trust: Trust): LookupFunction {
    return (host, options, done) => {
      this.resolver(host, (error, addresses) => {
        if (error) return done(error, []);
        // All addresses must be allowed, because the socket may use any of them.
        const unfit = addresses.find(({ address }) => {
          const kind = classOf(address);
          return kind === 'forbidden' || (kind === 'private' && trust === 'wildcard');
        });
        if (unfit) return done(deniedAddress(host, unfit.address), []);
        const wanted = addresses.filter(({ family }) => !options.family || options.family === family);
        const first = wanted[0];
        if (!first) return done(Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' }), []);
        if (options.all) done(null, wanted);
        else done(null, first.address, first.family);
      });
    };
  }
}

function deniedAddress(host: string, address: string): ApplicationFailure {
  return denied(
    host,
    `${host} has the address ${address}, which is not public. If it is a service of your own, add its origin to BACKSTITCH_CONNECTIONS or BACKSTITCH_HTTP_ALLOW, without a wildcard.`
  );
}

function denied(host: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: 'EgressDenied', nonRetryable: true, message, details: [{ host }] });
}
