/**
 * A service that fails in every way that a network and a program can, and keeps books of what it really did. It keeps
 * the promises that a saga needs: a key is carried out once, and after an undo or a look-up of a key, calls with that
 * key are refused. Everything else goes wrong: connections end before and after the effect, answers come too late, are
 * cut or are rubbish, calls are carried out after their caller gave up.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listen, urlOf } from '../loopback';
import { Random } from '../random';
import type { Book, Call } from './call';
import type { PlannedCalls } from './planned-calls';

/** Longer than the time limit of the steps. */
const TOO_LATE_MS = 3_500;
const LATEST_MS = 6_500;

const well = (call: Call) =>
  call.act() ? call.answer(200, { n: 1 }) : call.answer(409, { error: 'NotApplied', message: 'too late' });
const later = (call: Call, ms: number, work: () => void) =>
  void setTimeout(() => call.response.destroyed || work(), ms);

const WAYS: Record<string, (call: Call) => void> = {
  'connection ends before': (call) => call.cut(),
  'connection ends after': (call) => (call.act(), call.cut()),
  '500 before': (call) => call.answer(500),
  '500 after': (call) => (call.act(), call.answer(500)),
  '503 at first': (call) => (call.attempt < 2 ? call.answer(503) : well(call)),
  '429 at first': (call) => (call.attempt < 2 ? call.answer(429, {}, { 'retry-after': '1' }) : well(call)),
  conflict: (call) => call.answer(409, { error: 'Conflict' }),
  'wrong input': (call) => call.answer(422),
  // Only if that is true: it fails, but it does not lie.
  'says that it did not happen': (call) => {
    if (call.book.applied > 0) return well(call);
    call.book.refused = true;
    call.answer(409, { error: 'NotApplied' });
  },
  'answers too late': (call) => (call.act(), later(call, TOO_LATE_MS, () => call.answer(200, { n: 1 }))),
  // Also when nobody waits for it any more.
  'happens too late': (call) => void setTimeout(() => well(call), call.lateMs),
  'answer is cut': (call) => {
    call.act();
    call.response.writeHead(200, { 'content-type': 'application/json', 'content-length': '50' });
    call.response.write('{"n":');
    later(call, 20, () => call.cut());
  },
  'answer never ends': (call) => {
    call.act();
    call.response.writeHead(200, { 'content-type': 'application/json' });
    call.response.write('{"n":');
    later(call, TOO_LATE_MS, () => call.response.end('1}'));
  },
  'answer is rubbish': (call) => (call.act(), call.response.writeHead(200).end('<html>')),
  'sends elsewhere': (call) => call.answer(307, {}, { location: 'http://169.254.169.254/' }),
};
const NAMES = Object.keys(WAYS);
/** Some ways belong to one kind of call only. */
const UNDO_NAMES = NAMES.filter((name) => name !== 'says that it did not happen' && name !== 'sends elsewhere');

export class HostileService {
  readonly books = new Map<string, Book>();
  /** Runs whose calls are answered as planned, by workflow id; all others get random answers. */
  readonly plans = new Map<string, PlannedCalls>();
  readonly #attempts = new Map<string, number>();

  private constructor(
    private readonly server: Server,
    private readonly seed: number
  ) {}

  static async open(seed: number): Promise<HostileService> {
    const server = createServer();
    const service = new HostileService(server, seed);
    server.on('request', (request, response) => {
      request.resume().on('end', () => service.#serve(request, response));
    });
    await listen(server);
    return service;
  }

  get url(): string {
    return urlOf(this.server);
  }

  holds(key: string): boolean {
    const { applied, undone } = this.book(key);
    return applied > undone;
  }

  /** What a person does who looks into the books: from now on they do not change any more by themselves. */
  refuse(key: string): void {
    this.book(key).refused = true;
  }

  undoByHand(key: string): void {
    this.#undo(this.book(key));
  }

  book(key: string): Book {
    let book = this.books.get(key);
    if (!book) this.books.set(key, (book = { applied: 0, undone: 0, refused: false, log: [] }));
    return book;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const own = String(request.headers['idempotency-key'] ?? '');
    const forward = String(request.headers['idempotency-forward-key'] ?? '');
    const what = (request.url ?? '').slice(1);
    const key = what === 'do' ? own : forward;
    const answer = (status: number, body: object = {}, headers = {}) => {
      if (!response.destroyed && !response.headersSent)
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    };
    if (key === '') return answer(400, { error: 'The call has no key.' });
    const book = this.book(key);
    const attempt = (this.#attempts.get(`${what} ${key}`) ?? 0) + 1;
    this.#attempts.set(`${what} ${key}`, attempt);
    const isUndo = what === 'undo';
    const act = isUndo ? () => this.#undo(book) : () => this.#do(book);
    const cut = () => void request.socket.destroy();
    const [, workflowId = ''] = key.split('/');
    const planned = this.plans.get(workflowId);
    if (planned) {
      // The plan of a run says what its children do, each in the one step of its own (random-document.ts: LEAF).
      const [, , child = '', , inChild] = key.split('/');
      const stepId = inChild === undefined ? key.split('/').at(-1)! : child;
      return void planned.serve(what as 'do', stepId, { book, attempt, lateMs: 0, act, answer, response, cut });
    }
    if (what === 'look') return this.#look(book, key, attempt, answer);
    // The same step fails in the same way twice, then perhaps in another.
    const random = Random.of(this.seed, `${what} ${key.split('/').slice(-1)[0]} ${workflowId} ${attempt > 2}`);
    const way = random.chance(0.5) ? null : random.pick(isUndo ? UNDO_NAMES : NAMES);
    book.log.push(`${what} ${attempt}: ${way ?? 'well'}`);
    const lateMs = random.between(TOO_LATE_MS, LATEST_MS);
    (WAYS[way ?? ''] ?? well)({ book, attempt, lateMs, act, answer, response, cut });
  }

  #do(book: Book): boolean {
    if (book.applied > 0 && book.undone === 0) return true;
    if (book.refused) return false;
    book.applied++;
    return true;
  }

  #undo(book: Book): boolean {
    book.refused = true;
    if (book.applied > book.undone) book.undone++;
    return true;
  }

  #look(book: Book, key: string, attempt: number, answer: (status: number, body?: object) => void): void {
    if (Random.of(this.seed, `look ${key} ${attempt}`).chance(0.25)) return answer(500);
    book.refused ||= book.applied === 0;
    book.log.push(`look ${attempt}: ${book.applied > book.undone}`);
    if (book.applied > book.undone) answer(200, { n: 1 });
    else answer(404);
  }
}
