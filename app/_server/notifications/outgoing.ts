/** What sending needs, and what of rows of the outbox is to be sent. */
import type { Sent } from '../mail';
import type { Web } from '../web';

export type Outgoing = Pick<Web, 'database' | 'config' | 'mail' | 'log' | 'chatter' | 'pusher' | 'invalidations'>;

/** In one message. */
export const TOGETHER_MOST = 200;

export interface Prepared {
  /** Why a row is not sent, by its id. */
  dropped: Map<string, string>;
  /** Sends what is left; null: nothing is. */
  post: (() => Promise<Sent>) | null;
}
