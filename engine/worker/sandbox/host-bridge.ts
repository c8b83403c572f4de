/**
 * The host's side of the realm's bridge (realm/bridge.ts). It imports everything that it uses, because lockdown.ts
 * removes the globals of the thread.
 *
 * Its functions take and return primitives and handles. They never call a method of an object that came from inside,
 * except the callbacks of async storage, which the inner side has wrapped.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { hrtime } from 'node:process';
import { URL, URLSearchParams } from 'node:url';
import { TextDecoder, TextEncoder } from 'node:util';
import type { Bridge, Handle } from './realm/bridge';
import type { Guest } from './realm/guest';

type Storage = AsyncLocalStorage<unknown>;
type Snapshot = (work: () => void) => void;
const PARTS = [
  ...(['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname'] as const),
  ...(['search', 'hash'] as const),
];

function partsOf(url: URL): string {
  return JSON.stringify(Object.fromEntries(PARTS.map((part) => [part, url[part]])));
}
const held = <T>(handle: Handle) => handle as unknown as T;
const handleOf = (object: object) => object as unknown as Handle;

export function hostBridge(ready: (guest: Guest) => void): Bridge {
  const encoder = new TextEncoder();
  let characters = 0;
  return {
    timeOfDay: () => hrtime.bigint(),
    parseUrl: (text, base) => (URL.canParse(text, base) ? partsOf(new URL(text, base)) : ''),
    changeUrl(href, part, value) {
      const url = new URL(href);
      (url as unknown as Record<string, string>)[part] = value;
      return partsOf(url);
    },
    parseQuery: (text) => JSON.stringify([...new URLSearchParams(text)]),
    formatQuery: (pairs) => new URLSearchParams(JSON.parse(pairs) as [string, string][]).toString(),
    encodeText(text, target) {
      const { read, written } = encoder.encodeInto(text, target);
      characters = read;
      return written;
    },
    encodedCharacters: () => characters,
    openDecoder(label, fatal, ignoreBOM) {
      try {
        return handleOf(new TextDecoder(label, { fatal, ignoreBOM }));
      } catch {
        return null;
      }
    },
    decoderEncoding: (decoder) => held<TextDecoder>(decoder).encoding,
    decodeText(decoder, bytes, stream) {
      try {
        return held<TextDecoder>(decoder).decode(bytes as Uint8Array | undefined, { stream });
      } catch {
        return null;
      }
    },
    openStorage: () => handleOf(new AsyncLocalStorage<unknown>()),
    readStorage: (storage) => held<Storage>(storage).getStore(),
    runStorage: (storage, store, work) => held<Storage>(storage).run(store, work),
    enterStorage: (storage, store) => held<Storage>(storage).enterWith(store),
    closeStorage: (storage) => held<Storage>(storage).disable(),
    openSnapshot: () => handleOf(AsyncLocalStorage.snapshot()),
    runSnapshot: (snapshot, work) => held<Snapshot>(snapshot)(work),
    ready: (guest) => ready(guest as Guest),
  };
}
