/**
 * What every process of the product has in common: it tells its launcher when it serves, answers when it is asked whether it is
 * alive, stops cleanly when told so, and ends when its launcher is gone (the IPC channel closes), so that a killed launcher leaves
 * nothing behind that holds a port. Started by hand, without a launcher, it behaves the same but for the messages.
 */
import { isTemporary } from './temporary';

export interface RunningRole {
  /** Where it answers, for people. */
  address: string;
  /** Stop serving; resolves when everything is closed. */
  stop(): Promise<void>;
}

export type RoleMessage =
  /** The process runs and answers questions from now on; it does not serve yet. */
  | { kind: 'began' }
  | { kind: 'ready'; address: string }
  /** Why it does not serve yet, in a sentence for people. */
  | { kind: 'waiting'; reason: string }
  /** It could not start and ends. `temporary`: another start may succeed without anybody's help. */
  | { kind: 'failed'; message: string; temporary: boolean }
  /** The answer to a question, which proves that the event loop turns; nothing else is looked at. */
  | { kind: 'alive'; question: number };

export interface LauncherMessage {
  kind: 'areYouAlive';
  question: number;
}

/** What a role can tell while it starts. */
export interface StartingRole {
  waiting(reason: string): void;
}

/** A stop that takes longer is ended by force. */
const STOP_TIMEOUT_MS = 10_000;

/** Run a role to its end. Exits the process: 0 after a stop, 1 when it could not start. */
export async function runRole(start: (starting: StartingRole) => Promise<RunningRole>): Promise<void> {
  // A launcher that is gone is noticed by 'disconnect'; a message that misses it is no error of its own.
  const tell = (message: RoleMessage) => void (process.connected && process.send?.(message, undefined, {}, () => {}));
  let role: RunningRole | null = null;
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    await role?.stop().catch((error: unknown) => console.error(error));
    process.exit(0);
  };
  // Whoever reads the output may be gone, or its disk full: that is no reason to end.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  process.once('SIGTERM', () => void stop());
  // Ctrl-C reaches the whole process group: with a launcher, the launcher decides when each child stops.
  process.on('SIGINT', () => {
    if (!process.send) void stop();
  });
  process.once('disconnect', () => void stop());
  process.on('message', ({ kind, question }: LauncherMessage) => {
    if (kind === 'areYouAlive') tell({ kind: 'alive', question });
  });
  tell({ kind: 'began' });
  try {
    role = await start({ waiting: (reason) => tell({ kind: 'waiting', reason }) });
    tell({ kind: 'ready', address: role.address });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(error);
    // The message is sent before the process ends; without a launcher there is nobody to wait for.
    const end = () => process.exit(1);
    const failed: RoleMessage = { kind: 'failed', message, temporary: isTemporary(error) };
    if (process.connected) process.send?.(failed, undefined, {}, end);
    else end();
  }
}
