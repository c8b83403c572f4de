/**
 * The socket.io door: who may connect, rooms of runs, the end of a session. A socket does not outlive its session,
 * which is checked again while the socket is open. A page of another origin cannot connect.
 */
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { Server } from 'socket.io';
import { z } from 'zod';
import type { DraftVisitor, Parts, ServerToBrowser, Topic, WatchAnswer } from '@/app/_contract/live';
import { failureOf, isRefusal, Refusal } from '../failure';
import { demandOwnOrigin } from '../http/origin';
import { flowsOf } from '@/engine/permissions/permissions';
import { LONGEST_ID } from '@/engine/plain-text';
import { demand, demandAnywhere, type Actor } from '../people/actor';
import { readSession } from '../people/session';
import type { RunAddress } from '../runs/address';
import type { Web } from '../web';
import { DraftDoor, type DraftsToWatch } from './draft-door';
import { GateDoor, type ReadGate } from './gate-door';
import type { Hub } from './hub';
import type { Reach } from './invalidations';
import { Outflow } from './outflow';
import type { LiveServer, LiveSocket } from './server';
import { Watches } from './watches';

type Sessions = Pick<Web, 'auth' | 'database'>;

/** A session can end without a notification: it may be revoked in the database by another process. */
const SESSION_CHECK_MS = 30_000;
const SESSION_UNKNOWN_MS = 1_000;
const addressSchema = z.object({ workflowId: z.string().min(1).max(LONGEST_ID), runId: z.string().min(1).max(200) });
const watchSchema = addressSchema.extend({ token: z.string().max(200).nullable() });

type FlowOf = (run: RunAddress) => Promise<string | null>;

export interface LiveDoor {
  emitDelta: (run: RunAddress, delta: Parameters<ServerToBrowser['runDelta']>[0]) => void;
  invalidate: (topics: Topic[], reach: Reach) => void;
  /** A draft changed here: everybody who has it open hears of it, in every web process. */
  draftChanged: (draft: { id: string; number: number }) => void;
  /** Who has a draft open, as far as this process knows. */
  peopleIn: (draftId: string) => DraftVisitor[];
  /** True if anybody is connected. */
  busy: () => boolean;
  /** Browsers that are connected to this process. */
  liveSockets: () => number;
  sessionEnded: (personId: string) => void;
  /** The permissions of this person changed; null: of anybody. */
  personChanged: (personId: string | null) => void;
  /** Sends to everybody who is connected here; later sockets get it when they connect. */
  tellParts: (parts: Parts) => void;
  /**
   * `flowOf`: the flow of a run, needed for people who may watch some flows only. `onVisit`: called when somebody
   * connects.
   */
  serve: (hub: Hub, drafts: DraftsToWatch, gates: ReadGate, flowOf: FlowOf, onVisit: () => void) => void;
  close: () => Promise<void>;
}

/** `onElsewhere`: called with the lists that are out of date because another web process changed something. */
export function openLiveDoor(
  server: HttpServer,
  { config, log, redis, ...sessions }: Sessions & Pick<Web, 'config' | 'log'> & { redis: Redis | null },
  onElsewhere: (topics: readonly Topic[]) => void
): LiveDoor {
  const io: LiveServer = new Server(server, {
    path: '/api/live',
    serveClient: false,
    destroyUpgrade: false,
    maxHttpBufferSize: 64 * 1024,
    pingInterval: 10_000,
    pingTimeout: 8_000,
    perMessageDeflate: { threshold: 4_096 },
    ...(redis ? { adapter: createAdapter(redis) } : {}),
    allowRequest: (request, answer) => {
      try {
        demandOwnOrigin(config, headersOf(request));
        answer(null, true);
      } catch {
        answer('another origin', false);
      }
    },
  });
  io.use((socket, next) => {
    readSession(sessions, headersOf(socket.request), { renew: false })
      .then((session) => {
        if (!session) throw new Refusal('notSignedIn', 'You are not signed in, or your session has expired.');
        demandAnywhere(session.actor, 'runs.watch');
        socket.data = { actor: session.actor, sessionEndsMs: session.expiresAtMs };
        next();
      })
      .catch((error: unknown) => {
        const failure = failureOf(error, log);
        next(Object.assign(new Error(failure.message), { data: failure }));
      });
  });
  const check = (personId: string) => {
    for (const socket of io.sockets.sockets.values()) {
      if (socket.data.actor.id === personId) void endWithSession(socket, sessions);
    }
  };
  const recheck = (personId: string | null) => {
    for (const socket of io.sockets.sockets.values()) {
      if (personId === null || socket.data.actor.id === personId) void holdToRoles(socket, sessions);
    }
  };
  io.on('personChanged', recheck);
  io.on('sessionEnded', check);
  io.on('invalidated', (topics) => {
    onElsewhere(topics);
    io.local.emit('invalidate', { topics });
  });

  const outflow = new Outflow(io);
  const draftDoor = new DraftDoor(io, log, redis);
  const gateDoor = new GateDoor(io, log);
  let parts: Parts | null = null;
  const serve: LiveDoor['serve'] = (hub, drafts, gates, flowOf, onVisit) => {
    draftDoor.serve(drafts);
    gateDoor.serve(gates);
    io.on('connection', (socket) => {
      if (parts) socket.emit('parts', parts);
      onVisit();
      outflow.add(socket);
      serveSocket(socket, outflow, hub, log, flowOf);
      draftDoor.add(socket);
      gateDoor.add(socket);
      checkSession(socket, sessions);
    });
  };
  return {
    serve,
    emitDelta: (run, delta) => outflow.send(run, delta),
    invalidate(topics, reach) {
      // Local sockets first, because an adapter whose Redis is away would reach nobody.
      io.local.emit('invalidate', { topics });
      if (redis && reach === 'everywhere') io.serverSideEmit('invalidated', topics);
    },
    draftChanged: ({ id, number }) => draftDoor.changed(id, number),
    peopleIn: (draftId) => draftDoor.peopleIn(draftId),
    tellParts(next) {
      parts = next;
      io.local.emit('parts', next);
    },
    busy: () => io.engine.clientsCount > 0,
    liveSockets: () => io.engine.clientsCount,
    sessionEnded(personId) {
      check(personId);
      if (redis) io.serverSideEmit('sessionEnded', personId);
    },
    personChanged(personId) {
      recheck(personId);
      if (redis) io.serverSideEmit('personChanged', personId);
    },
    close: () => {
      draftDoor.close();
      gateDoor.close();
      return new Promise((resolve) => void io.close(() => resolve()));
    },
  };
}

function serveSocket(socket: LiveSocket, outflow: Outflow, hub: Hub, log: Logger, flowOf: FlowOf): void {
  const watches = new Watches(hub, {
    join: (run) => outflow.join(socket, run),
    leave: (run) => outflow.leave(socket, run),
  });
  socket.on('watchRun', (request, answer) => {
    if (typeof answer !== 'function') return;
    const watch = async (): Promise<WatchAnswer> => {
      const parsed = watchSchema.safeParse(request);
      if (!parsed.success) throw new Refusal('badRequest', 'This is not a valid run.');
      const { token, ...run } = parsed.data;
      const { actor } = socket.data;
      demand(actor, 'runs.watch', flowsOf(actor, 'runs.watch') === null ? null : await flowOf(run));
      // The answer may contain a whole history.
      await outflow.free(socket);
      return watches.watch(run, token);
    };
    watch()
      .catch((error: unknown): WatchAnswer => ({ kind: 'refused', error: failureOf(error, log) }))
      .then(answer, (error: unknown) => log.error({ err: error }, 'a watch request failed'));
  });
  socket.on('unwatchRun', (request) => {
    const parsed = addressSchema.safeParse(request);
    if (parsed.success) watches.unwatch(parsed.data);
  });
  socket.once('disconnect', () => watches.close());
}

/** Checked at intervals, and at the moment at which it expires. */
function checkSession(socket: LiveSocket, sessions: Sessions): void {
  let timer: NodeJS.Timeout;
  const later = () => {
    // Kept past its end only while the database is away and cannot confirm it.
    const leftMs = Math.max(SESSION_UNKNOWN_MS, socket.data.sessionEndsMs - Date.now() + 50);
    timer = setTimeout(
      () => void endWithSession(socket, sessions).then(() => socket.connected && later()),
      Math.min(SESSION_CHECK_MS, leftMs)
    );
  };
  later();
  socket.once('disconnect', () => clearTimeout(timer));
}

/** If the database is away, no session ends. */
async function endWithSession(socket: LiveSocket, sessions: Sessions): Promise<void> {
  const session = await readSession(sessions, headersOf(socket.request), { renew: false }).catch((error: unknown) =>
    isRefusal(error) && error.code === 'secondFactorNeeded' ? null : ('unknown' as const)
  );
  if (session === 'unknown') return;
  if (session) {
    socket.data.sessionEndsMs = session.expiresAtMs;
    holdTo(socket, session.actor);
    return;
  }
  socket.emit('signedOut');
  socket.disconnect(true);
}

/** As `endWithSession`, after the roles of the person changed. The page reads its permissions again. */
async function holdToRoles(socket: LiveSocket, sessions: Sessions): Promise<void> {
  await endWithSession(socket, sessions);
  if (socket.connected)
    socket.emit('invalidate', { topics: ['people', 'runs', 'schedules', 'flows', 'drafts', 'inbox'] });
}

/**
 * A socket whose person has fewer permissions than before is disconnected: the browser connects again, and each run
 * that it watches is checked again.
 */
function holdTo(socket: LiveSocket, actor: Actor): void {
  const before = flowsOf(socket.data.actor, 'runs.watch');
  const now = flowsOf(actor, 'runs.watch');
  socket.data.actor = actor;
  const less = now !== null && (before === null || before.some((flow) => !now.includes(flow)));
  if (less) socket.disconnect(true);
}

export function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string') headers.set(name, value);
    else for (const each of value ?? []) headers.append(name, each);
  }
  return headers;
}
