/** [B] Backpressure, over real sockets: one browser stops reading, the other one does not. */
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { Server } from 'socket.io';
import { io as connect, type Socket as ClientSocket } from 'socket.io-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunDelta } from '@/app/_contract/live';
import { eventually } from '../testing/world';
import { KEPT_BYTES_MOST, Outflow } from './outflow';

const RUN = { workflowId: 'order-1', runId: 'run-1' };
const DELTA_BYTES = 64 * 1024;
const delta = (seq: number): RunDelta => ({
  ...RUN,
  seq,
  token: `t.${seq}`,
  asOfMs: 0,
  events: [{ id: seq, timeMs: 0, type: 'Marker', attributes: { text: 'x'.repeat(DELTA_BYTES) } }],
});

let server: HttpServer;
let io: Server;
let outflow: Outflow;
const clients: ClientSocket[] = [];
const lines: TcpSocket[] = [];
beforeEach(async () => {
  server = createServer();
  io = new Server(server, { pingInterval: 60_000 });
  outflow = new Outflow(io);
  io.on('connection', (socket) => {
    outflow.add(socket);
    outflow.join(socket, RUN);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const line of lines.splice(0)) line.resume();
  for (const client of clients.splice(0)) client.disconnect();
  await io.close();
});

async function browser() {
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    transports: ['websocket'],
    forceNew: true,
  });
  clients.push(client);
  const seqs: number[] = [];
  client.on('runDelta', ({ seq }: RunDelta) => seqs.push(seq));
  await new Promise((resolve) => client.once('connect', () => resolve(null)));
  const tcp = (client.io.engine.transport as unknown as { ws: { _socket: TcpSocket } }).ws._socket;
  lines.push(tcp);
  return { client, seqs, tcp };
}
/** The bytes that this process keeps for a socket: waiting packets, and the buffer of the connection. */
function keptFor(client: ClientSocket): number {
  const conn = io.sockets.sockets.get(client.id ?? '')?.conn as unknown as {
    writeBuffer: { data: string }[];
    transport: { socket: { bufferedAmount: number } };
  };
  const waiting = conn.writeBuffer.reduce((sum, { data }) => sum + data.length, 0);
  return waiting + conn.transport.socket.bufferedAmount;
}

/** More than the operating system buffers for a browser that does not read. */
async function sendALot(from: number): Promise<void> {
  for (let seq = from; seq < from + 400; seq++) {
    outflow.send(RUN, delta(seq));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('[B1] a browser that stops reading costs a bounded amount of memory and delays no other browser', async () => {
  const slow = await browser();
  const fast = await browser();
  slow.tcp.pause();
  let most = 0;
  for (let seq = 1; seq <= 800; seq++) {
    outflow.send(RUN, delta(seq));
    most = Math.max(most, keptFor(slow.client));
    // The fast browser keeps up because the event loop is not blocked.
    if (seq % 4 === 0) await eventually(() => expect(fast.seqs.at(-1)).toBe(seq));
  }
  expect(fast.seqs).toEqual(Array.from({ length: 800 }, (_, index) => index + 1));
  expect(most).toBeGreaterThan(KEPT_BYTES_MOST / 2);
  expect(most).toBeLessThan(2 * (KEPT_BYTES_MOST + 2 * DELTA_BYTES));

  // The browser reads again: the kept messages, then the newest, whose number shows that some are missing.
  slow.tcp.resume();
  await eventually(() => expect(slow.seqs.at(-1)).toBe(800));
  expect(slow.seqs.length).toBeLessThan(200);
  expect(slow.seqs).toEqual([...slow.seqs].sort((a, b) => a - b));
  // From now on nothing is missing.
  outflow.send(RUN, delta(801));
  outflow.send(RUN, delta(802));
  await eventually(() => expect(slow.seqs.slice(-3)).toEqual([800, 801, 802]));
});

test('[B2] no large message is built for a browser until it has read the waiting ones', async () => {
  const slow = await browser();
  const socket = io.sockets.sockets.get(slow.client.id ?? '')!;
  await outflow.free(socket);
  slow.tcp.pause();
  await sendALot(1);
  let free = false;
  const waiting = outflow.free(socket).then(() => (free = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(free).toBe(false);
  slow.tcp.resume();
  await waiting;

  slow.tcp.pause();
  await sendALot(401);
  const gone = outflow.free(socket);
  socket.disconnect(true);
  // No message waits for a browser that has left.
  await gone;
});

test('[B3] a browser that left while it was behind receives nothing more', async () => {
  const slow = await browser();
  const socket = io.sockets.sockets.get(slow.client.id ?? '')!;
  slow.tcp.pause();
  await sendALot(1);
  outflow.leave(socket, RUN);
  slow.tcp.resume();
  await outflow.free(socket);
  outflow.send(RUN, delta(401));
  socket.emit('done');
  await new Promise((resolve) => slow.client.once('done', () => resolve(null)));
  expect(slow.seqs.length).toBeLessThan(200);
  expect(slow.seqs.at(-1)).toBe(slow.seqs.length);
});
