/**
 * The types of the socket.io server: its messages to browsers and between web processes, and the data of one socket.
 */
import type { Server, Socket } from 'socket.io';
import type { BrowserToServer, ServerToBrowser, Topic } from '@/app/_contract/live';
import type { Actor } from '../people/actor';
import type { PresenceReport } from './draft-rooms';

/** Between web processes, through the adapter. */
interface Siblings {
  sessionEnded: (personId: string) => void;
  personChanged: (personId: string | null) => void;
  invalidated: (topics: Topic[]) => void;
  draftChanged: (draft: { id: string; number: number }) => void;
  draftPresence: (report: PresenceReport) => void;
}
interface Visit {
  actor: Actor;
  sessionEndsMs: number;
}
export type LiveServer = Server<BrowserToServer, ServerToBrowser, Siblings, Visit>;
export type LiveSocket = Socket<BrowserToServer, ServerToBrowser, Siblings, Visit>;
