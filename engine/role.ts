/**
 * The common behaviour of all processes of the product: a process reports to its launcher when it serves, answers
 * when the launcher checks whether it is alive, stops cleanly on request, and ends when its launcher has ended (the
 * IPC channel closes). So a killed launcher leaves no process behind that holds a port. A process that is started by
 * hand, without a launcher, behaves the same but sends no messages.
 */
import { isTemporary } from './temporary';

export interface RunningRole {
  /** Its address, for people. */
  address: string;
  /** Stops serving; resolves when everything is closed. */
  stop(): Promise<void>;
}

export type RoleMessage =
  /** The process runs and answers questions from now on. It does not serve yet. */
  | { kind: 'began' }
  | { kind: 'ready'; address: string }
  /** Why it does not serve yet, as a sentence for people. */
  | { kind: 'waiting'; reason: string }
  /** It could not start, and ends. `temporary`: another start may succeed without help. */
  | { kind: 'failed'; message: string; temporary: boolean }
  /** The answer to a question. It proves that the event loop runs, and nothing else. */
  | { kind: 'alive'; question: number };

export interface LauncherMessage {
  kind: 'areYouAlive';
  question: number;
}

/** The messages of a role during its start. */
export interface StartingRole {
  waiting(reason: string): void;
}

/** A stop that takes longer is ended by force. */
const STOP_TIMEOUT_MS = 10_000;

/** Runs a role to its end. Exits the process: 0 after a stop, 1 if the role could not start. */
export async function runRole(start: (starting: StartingRole) => Promise<RunningRole>): Promise<void> {
  // 'disconnect' reports that the launcher has ended. A message that then fails is no error of its own.
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
  // The reader of the output may have ended, or its disk may be full. The process must not end because of that.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  process.once('SIGTERM', () => void stop());
  // Ctrl-C reaches the whole process group. With a launcher, the launcher decides when each child stops.
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
    // The message is sent before the process ends. Without a launcher there is no receiver to wait for.
    const end = () => process.exit(1);
    const failed: RoleMessage = { kind: 'failed', message, temporary: isTemporary(error) };
    if (process.connected) process.send?.(failed, undefined, {}, end);
    else end();
  }
}
