'use client';

/**
 * The one socket of this tab, and its state for the live sign. The first page that watches anything creates it;
 * socket.io then reconnects for ever.
 */
import { io, type Socket } from 'socket.io-client';
import type { BrowserToServer, LinkState, Parts, ServerToBrowser, UpstreamState } from '@/app/_contract/live';
import type { AppFailure } from '@/app/_contract/errors';
import { goToSignIn, isSignedOut } from './api';

export type LiveSocket = Socket<ServerToBrowser, BrowserToServer>;

/** A connection attempt that takes longer is given up and made again. */
const CONNECT_MS = 5_000;

const ALL_UP: Parts = { database: 'up', engine: 'up' };
const START: LinkState = { link: 'connecting', upstream: 'live', parts: ALL_UP, lastHeardMs: null };
let state = START;
let socket: LiveSocket | null = null;
const listeners = new Set<() => void>();

export function readLink(): LinkState {
  return state;
}
export const readLinkOnServer = (): LinkState => START;
export function onLink(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
function change(next: Partial<LinkState>): void {
  state = { ...state, ...next };
  for (const listener of listeners) listener();
}

/** A message arrived. `upstream` is set if it reported the state of the engine. */
export function heard(upstream?: UpstreamState): void {
  change({ lastHeardMs: Date.now(), ...(upstream ? { upstream } : {}) });
}

/** Call it when no run is watched any more: the last report about the engine is then out of date. */
export function unwatched(): void {
  change({ upstream: 'live' });
}

export function liveSocket(): LiveSocket {
  if (socket) return socket;
  const made: LiveSocket = io({
    path: '/api/live',
    transports: ['websocket', 'polling'],
    reconnectionDelay: 300,
    reconnectionDelayMax: 3_000,
    randomizationFactor: 0.3,
    timeout: CONNECT_MS,
  });
  made.on('connect', () => change({ link: 'live', lastHeardMs: Date.now() }));
  made.on('parts', (parts) => change({ parts, lastHeardMs: Date.now() }));
  made.on('disconnect', (reason) => {
    change({ link: 'cut' });
    // The server closed the socket on purpose (it stops, or the session ended). socket.io does not reconnect in this
    // case.
    if (reason === 'io server disconnect') setTimeout(() => made.connect(), 1_000);
  });
  made.on('connect_error', (error) => {
    change({ link: 'cut' });
    const failure = (error as Error & { data?: AppFailure }).data;
    if (failure && isSignedOut(failure)) goToSignIn();
    // After a refusal by the server's own check, socket.io does not try again.
    else if (!made.active) setTimeout(() => made.connect(), 2_000);
  });
  made.on('signedOut', goToSignIn);
  // When a laptop wakes or a network is back, reconnect at once instead of waiting for the back-off or for an attempt
  // that hangs in the old network.
  addEventListener('online', () => {
    if (made.connected) change({ link: 'live' });
    else made.disconnect().connect();
  });
  addEventListener('offline', () => change({ link: 'cut' }));
  socket = made;
  return made;
}
