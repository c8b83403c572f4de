/**
 * The address of a request. A path remains below its connection in every notation. A value of an input in a query
 * becomes exactly one parameter.
 */
import type { ActivityConfig } from '../config';
import { climbs } from '../../flow/climbs';
import { isExactData, writeJson } from '../../flow/values/json';
import { invalid } from './failure';
import { fillText, type Keys } from './keys';
import type { HttpRequestInput } from './input';

/** Throws `InvalidRequest`. */
export function addressOf(input: HttpRequestInput, config: Pick<ActivityConfig, 'connections'>, keys: Keys): URL {
  const url = input.connection !== undefined ? belowConnection(input, config, keys) : wholeUrl(input, keys);
  if (!/^https?:$/.test(url.protocol)) throw invalid('Only http and https can be requested.');
  if (url.username || url.password) {
    throw invalid('A URL must not carry a password. Store it as a secret and name the secret in secretHeaders.');
  }
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value])
      url.searchParams.append(name, fillText(plainText(one), keys));
  }
  url.hash = '';
  return url;
}

/** A value as the text of a parameter or of a header. */
export function plainText(value: unknown): string {
  if (isExactData(value)) return value.$exact;
  return typeof value === 'object' ? writeJson(value) : String(value);
}

function belowConnection(input: HttpRequestInput, config: Pick<ActivityConfig, 'connections'>, keys: Keys): URL {
  const base = config.connections.get(input.connection ?? '');
  if (!base) {
    const known = [...config.connections.keys()].join(', ') || 'none';
    throw invalid(
      `There is no connection '${input.connection}' (known: ${known}). Make it in Settings, Connections, or add it to BACKSTITCH_CONNECTIONS.`
    );
  }
  if (input.url !== undefined) throw invalid('Use either a connection and a path, or a url, not both.');
  const path = fillText(String(input.path ?? ''), keys, encodeURIComponent).replace(/^\/+/, '');
  const url = new URL(base.href);
  const prefix = url.pathname.replace(/\/*$/, '/');
  const [pathname = '', query = ''] = path.split(/\?(.*)/s);
  // Code of format 1 puts values into the path without encoding. Newer code encodes them, and they are not decoded
  // for this check.
  const outside = climbs(pathname, { encoded: keys.placeholders });
  url.pathname = prefix + pathname;
  url.search = query;
  if (outside || !url.pathname.startsWith(prefix))
    throw invalid(`The path leaves the connection '${input.connection}'.`);
  return url;
}

function wholeUrl(input: HttpRequestInput, keys: Keys): URL {
  if (input.url === undefined) throw invalid('Use either a connection and a path, or a url.');
  const text = fillText(input.url, keys, encodeURIComponent);
  if (!URL.canParse(text)) throw invalid('The url is not a valid URL.');
  return new URL(text);
}
