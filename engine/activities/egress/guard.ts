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
 * - An error of a socket that no request uses any more ends the socket, and never this process.
 * - An origin of a connection that people made in the browser (`forConnection`) may be on a private network unless the
 *   operator of the machine forbids it (BACKSTITCH_PRIVATE_CONNECTIONS=off). It is never link-local.
 */
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityConfig, OriginPattern } from '../config';
import { classOf } from './address';

export type Resolver = (host: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void;

type Trust = 'named' | 'chosen' | 'wildcard';
type Agents = Record<Trust, { 'http:': HttpAgent; 'https:': HttpsAgent }>;

const systemResolver: Resolver = (host, done) =>
  resolve(host, { all: true, verbatim: true }, (error, addresses) => done(error, addresses));

export interface GuardRules extends Pick<ActivityConfig, 'connections' | 'allow'> {
  privateConnections?: boolean;
}

/**
 * Node.js removes its listener of errors when the answer has been read, before the socket is free again: a request that
 * is aborted at that moment leaves an error that nobody hears, which would end the process.
 */
function heard<A extends HttpAgent>(agent: A): A {
  const created = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const socket = created(options, done);
    socket?.on('error', () => {});
    return socket;
  };
  return agent;
}

export class EgressGuard {
  readonly #named: ReadonlySet<string>;
  /** Origins that people named in a connection. */
  readonly #chosen: ReadonlySet<string>;
  readonly #agents: Agents;

  constructor(
    private readonly config: GuardRules,
    private readonly resolver: Resolver = systemResolver,
    /** Of a connection: its origins, and the agents of the guard for the whole process. */
    own: { origins: readonly string[]; agents: Agents } | null = null
  ) {
    this.#named = new Set([...config.connections.values()].map((url) => url.origin));
    this.#chosen = new Set(own?.origins ?? []);
    const agents = (trust: Trust) => {
      const options = { keepAlive: true, maxSockets: 64, lookup: this.#lookup(trust) };
      return { 'http:': heard(new HttpAgent(options)), 'https:': heard(new HttpsAgent(options)) };
    };
    this.#agents = own?.agents ?? { named: agents('named'), chosen: agents('chosen'), wildcard: agents('wildcard') };
  }

  /**
   * The guard for the requests of one connection: they reach its own origins and its allow list, and nothing else.
   * What the operator of the machine allows by name keeps that trust.
   */
  forConnection(origins: readonly string[], allow: readonly OriginPattern[]): EgressGuard {
    const byName = (origin: string) =>
      this.#named.has(origin) || this.config.allow.some((each) => !each.anyHostBelow && originOf(each) === origin);
    const chosen = [...origins, ...allow.filter(({ anyHostBelow }) => !anyHostBelow).map(originOf)];
    return new EgressGuard(
      {
        connections: new Map(chosen.filter(byName).map((origin) => [origin, new URL(origin)])),
        allow: allow.filter(({ anyHostBelow }) => anyHostBelow),
        privateConnections: this.config.privateConnections,
      },
      this.resolver,
      { origins: chosen, agents: this.#agents }
    );
  }

  /** The agent for the request. Throws `EgressDenied`. */
  agentFor(url: URL): HttpAgent {
    const trust = this.#trustOf(url);
    if (!trust) {
      const advice =
        this.#chosen.size > 0
          ? `Add ${url.origin} to the allowed origins of the connection.`
          : `Add it to BACKSTITCH_CONNECTIONS, or add ${url.origin} to BACKSTITCH_HTTP_ALLOW.`;
      throw denied(url.host, `Requests to ${url.origin} are not allowed. ${advice}`);
    }
    // A literal address is never resolved, so it is checked here.
    if (isIP(url.hostname.replace(/^\[|\]$/g, '')) && trust !== 'named' && !this.#fits(url.hostname, trust)) {
      throw deniedAddress(url.hostname, url.hostname, trust);
    }
    return this.#agents[trust][url.protocol as 'http:' | 'https:'];
  }

  /**
   * An address of a host that a connection of another protocol names, resolved and checked once: whoever connects uses
   * this address. Rejects with `EgressDenied`, or with the error of the resolution.
   */
  async addressOf(host: string): Promise<string> {
    const plain = host.replace(/^\[|\]$/g, '');
    if (isIP(plain)) {
      if (!this.#fits(plain, 'chosen')) throw deniedAddress(host, plain, 'chosen');
      return plain;
    }
    return new Promise((resolve, reject) => {
      this.#lookup('chosen')(host, {}, (error, address) => {
        if (error) reject(error);
        else resolve(String(address));
      });
    });
  }

  close(): void {
    for (const agents of Object.values(this.#agents)) for (const agent of Object.values(agents)) agent.destroy();
  }

  #trustOf(url: URL): Trust | null {
    if (this.#named.has(url.origin)) return 'named';
    if (this.#chosen.has(url.origin)) return 'chosen';
    let trust: Trust | null = null;
    for (const pattern of this.config.allow) {
      if (pattern.protocol !== url.protocol || pattern.port !== url.port) continue;
      if (!pattern.anyHostBelow && pattern.host === url.hostname) return 'named';
      if (pattern.anyHostBelow && (pattern.host === '' || url.hostname.endsWith(`.${pattern.host}`)))
        trust = 'wildcard';
    }
    return trust;
  }

  #fits(address: string, trust: Trust): boolean {
    const kind = classOf(address);
    if (kind !== 'private') return kind === 'public';
    return trust === 'named' || (trust === 'chosen' && this.config.privateConnections !== false);
  }

  #lookup(trust: Trust): LookupFunction {
    return (host, options, done) => {
      this.resolver(host, (error, addresses) => {
        if (error) return done(error, []);
        // All addresses must be allowed, because the socket may use any of them.
        const unfit = addresses.find(({ address }) => !this.#fits(address, trust));
        if (unfit) return done(deniedAddress(host, unfit.address, trust), []);
        const wanted = addresses.filter(({ family }) => !options.family || options.family === family);
        const first = wanted[0];
        if (!first) return done(Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' }), []);
        if (options.all) done(null, wanted);
        else done(null, first.address, first.family);
      });
    };
  }
}

function originOf({ protocol, host, port }: OriginPattern): string {
  return new URL(`${protocol}//${host}${port === '' ? '' : `:${port}`}`).origin;
}

function deniedAddress(host: string, address: string, trust: Trust): ApplicationFailure {
  const advice =
    classOf(address) === 'forbidden'
      ? 'Addresses of this kind belong to the machine itself or to its cloud, and are never called.'
      : trust === 'chosen'
        ? 'The operator of this machine allows no private addresses in connections (BACKSTITCH_PRIVATE_CONNECTIONS); origins in BACKSTITCH_HTTP_ALLOW are allowed.'
        : 'If it is a service of your own, add its origin to BACKSTITCH_CONNECTIONS or BACKSTITCH_HTTP_ALLOW, without a wildcard.';
  return denied(host, `${host} has the address ${address}, which is not public. ${advice}`);
}

function denied(host: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: 'EgressDenied', nonRetryable: true, message, details: [{ host }] });
}
