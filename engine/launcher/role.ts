/**
 * What every process of the product has in common: it tells its launcher when it serves, stops cleanly when told so, and
 * ends when its launcher is gone (the IPC channel closes), so that a killed launcher leaves nothing behind that holds a port.
 * Started by hand, without a launcher, it behaves the same but for the messages.
 */
export interface RunningRole {
  /** Where it answers, for people. */
  address: string;
  /** Stop serving; resolves when everything is closed. */
  stop(): Promise<void>;
}

export type RoleMessage = { kind: 'ready'; address: string } | { kind: 'failed'; message: string };

/** A stop that takes longer is ended by force. */
const STOP_TIMEOUT_MS = 10_000;

/** Run a role to its end. Exits the process: 0 after a stop, 1 when it could not start. */
export async function runRole(start: () => Promise<RunningRole>): Promise<void> {
  const tell = (message: RoleMessage) => process.send?.(message);
  let role: RunningRole | null = null;
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    await role?.stop().catch((error: unknown) => console.error(error));
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  // Ctrl-C reaches the whole process group: with a launcher, the launcher decides when each child stops.
  process.on('SIGINT', () => {
    if (!process.send) void stop();
  });
  process.once('disconnect', () => void stop());
  try {
    role = await start();
    tell({ kind: 'ready', address: role.address });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    tell({ kind: 'failed', message });
    console.error(error);
    process.exit(1);
  }
}
