/**
 * Which pages may change something. A browser sends the origin of the page that makes the request; it must be this
 * Backstitch. Programs without a browser send no such header, and no cookie of another person.
 */
import { isIP } from 'node:net';
import type { WebConfig } from '../config';
import { Refusal } from '../failure';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Origins of this Backstitch: its configured address, its loopback names, and the host of the request. */
export function trustedOrigins({ webUrl }: Pick<WebConfig, 'webUrl'>, host: string | null): string[] {
  const names = LOOPBACK.includes(webUrl.hostname) ? LOOPBACK : [];
  const port = webUrl.port ? `:${webUrl.port}` : '';
  return [
    webUrl.origin,
    ...names.map((name) => `${webUrl.protocol}//${name}${port}`),
    // A page on another site cannot make a browser send a request with our Host and an equal Origin.
    ...(host && /^[\w.:[\]-]+$/.test(host) ? [`${webUrl.protocol}//${host}`] : []),
  ];
}

/** Throws `foreignOrigin` for a request from a page of another origin. */
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
 * A stricter check for routes without a session, since no cookie proves that the page was ours. Anybody can point a
 * DNS name at this machine and serve a page under that Host, so only the configured address, loopback names and IP
 * addresses are accepted. Throws `foreignOrigin`.
 */
export function demandCertainOrigin(config: Pick<WebConfig, 'webUrl'>, headers: Headers): void {
  const host = headers.get('host') ?? '';
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
  const certain = isIP(name.replace(/^\[|\]$/g, '')) > 0 || LOOPBACK.includes(name) || host === config.webUrl.host;
  if (certain) return demandOwnOrigin(config, headers);
  throw new Refusal(
    'foreignOrigin',
    `'${host}' is not a configured address of this Backstitch. Set BACKSTITCH_WEB_URL, or open ${config.webUrl.origin}. Nothing was done.`
  );
}
