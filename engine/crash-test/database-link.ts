/**
 * A proxy between an engine and its database: one connection for each connection, byte for byte, until it is
 * silenced. From then on the engine receives nothing, not even the end of a connection, as when a network is cut and
 * the server has given up on a client that still considers itself connected. Only the fence in the commit itself
 * protects the database from such an engine.
 */
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

interface Pair {
  engine: Socket;
  database: Socket;
  /** Data that the database sent meanwhile. */
  kept: Buffer[];
  /** The database closed the connection, and the engine was not informed. */
  ended: boolean;
}

export class DatabaseLink {
  readonly #pairs = new Set<Pair>();
  #quiet = false;

  private constructor(
    private readonly server: Server,
    private readonly socketPath: string
  ) {
    server.on('connection', (engine) => this.#join(engine));
  }

  static async open(socketPath: string): Promise<DatabaseLink> {
    const server = createServer();
    const link = new DatabaseLink(server, socketPath);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return link;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  keepQuiet(): void {
    this.#quiet = true;
  }

  /** Passes on the data that was kept. The end of a connection is never passed on. */
  speakAgain(): void {
    this.#quiet = false;
    for (const pair of this.#pairs) {
      if (!pair.ended) for (const chunk of pair.kept) pair.engine.write(chunk);
      pair.kept = [];
    }
  }

  close(): void {
    this.server.close();
    for (const { engine, database } of this.#pairs) {
      engine.destroy();
      database.destroy();
    }
  }

  #join(engine: Socket): void {
    const database = connect(this.socketPath);
    const pair: Pair = { engine, database, kept: [], ended: false };
    this.#pairs.add(pair);
    engine.setNoDelay(true);
    database.on('data', (chunk: Buffer) => {
      if (this.#quiet) pair.kept.push(chunk);
      else engine.write(chunk);
    });
    database.on('error', () => {}); // `close` follows
    database.on('close', () => {
      if (this.#quiet) pair.ended = true;
      else if (!pair.ended) engine.destroy();
    });
    engine.on('data', (chunk: Buffer) => {
      if (!pair.ended) database.write(chunk);
    });
    engine.on('error', () => {});
    engine.on('close', () => {
      database.destroy();
      this.#pairs.delete(pair);
    });
  }
}
