'use client';

/**
 * The one socket of this tab, and what the live sign says of it. Made by the first page that watches anything; socket.io
 * reconnects by itself, for ever.
 */
import { io, type Socket } from 'socket.io-client';
import type { BrowserToServer, LinkState, Parts, ServerToBrowser, UpstreamState } from '@/app/_contract/live';
import type { AppFailure } from '@/app/_contract/errors';
import { goToSignIn } from './api';

export type LiveSocket = Socket<ServerToBrowser, BrowserToServer>;

/** An attempt that takes longer is made anew. */
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

/** Something arrived; `upstream` when it told how the engine is. */
export function heard(upstream?: UpstreamState): void {
  change({ lastHeardMs: Date.now(), ...(upstream ? { upstream } : {}) });
}

/** Nobody watches a run any more: who told that the engine is away tells nothing from now on. */
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
    // The server closed it on purpose (it stops, or the session ended): socket.io would not try again.
    if (reason === 'io server disconnect') setTimeout(() => made.connect(), 1_000);
  });
  made.on('connect_error', (error) => {
    change({ link: 'cut' });
    const failure = (error as Error & { data?: AppFailure }).data;
    if (failure?.code === 'notSignedIn') goToSignIn();
    // A refusal by the server's own check ends the tries of socket.io.
    else if (!made.active) setTimeout(() => made.connect(), 2_000);
  });
  made.on('signedOut', goToSignIn);
  // A laptop that wakes, a network that comes back: at once, not after the back-off, nor after an attempt that hangs in the
  // network that was.
  addEventListener('online', () => {
    if (made.connected) change({ link: 'live' });
    else made.disconnect().connect();
  });
  addEventListener('offline', () => change({ link: 'cut' }));
  socket = made;
  return made;
}
