/**
 * Which pages may change something. A browser names the origin of the page that asks; it must be this Backstitch. Programs
 * without a browser send neither header, and no cookie of somebody else's.
 */
import { isIP } from 'node:net';
import type { WebConfig } from '../config';
import { Refusal } from '../failure';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Origins of this Backstitch: its configured address, its loopback names, and the host that the request came to. */
export function trustedOrigins({ webUrl }: Pick<WebConfig, 'webUrl'>, host: string | null): string[] {
  const names = LOOPBACK.includes(webUrl.hostname) ? LOOPBACK : [];
  const port = webUrl.port ? `:${webUrl.port}` : '';
  return [
    webUrl.origin,
    ...names.map((name) => `${webUrl.protocol}//${name}${port}`),
    // A page elsewhere cannot make a browser send its request under our Host with its own Origin equal to it.
    ...(host && /^[\w.:[\]-]+$/.test(host) ? [`${webUrl.protocol}//${host}`] : []),
  ];
}

/** Throws `foreignOrigin` for a request that a page of another origin makes. */
export function demandOwnOrigin(config: Pick<WebConfig, 'webUrl'>, headers: Headers): void {
  const origin = headers.get('origin');
  if (origin !== null) {
    if (trustedOrigins(config, headers.get('host')).includes(origin)) return;
  } else {
    const site = headers.get('sec-fetch-site');
    if (site === null || site === 'same-origin' || site === 'none') return;
  }
  throw new Refusal('foreignOrigin', 'This request came from a page of another site. Nothing was done.');
}

/**
 * For what needs no session: there the cookie does not prove that the page was ours. A name that somebody's DNS points at this
 * machine is a page of theirs under our own Host, so only the configured address, loopback names and bare addresses count.
 * Throws `foreignOrigin`.
 */
export function demandCertainOrigin(config: Pick<WebConfig, 'webUrl'>, headers: Headers): void {
  const host = headers.get('host') ?? '';
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
  const certain = isIP(name.replace(/^\[|\]$/g, '')) > 0 || LOOPBACK.includes(name) || host === config.webUrl.host;
  if (certain) return demandOwnOrigin(config, headers);
  throw new Refusal(
    'foreignOrigin',
    `This Backstitch does not know that it is called '${host}'. Set BACKSTITCH_WEB_URL, or come by ${config.webUrl.origin}. Nothing was done.`
  );
}
