/**
 * Replaces the web: answers the internal calls by which runs ask people, idempotently by task id, and stores the
 * questions. The test sends the answers of people through the official client, as the web does.
 */
import { createServer, type Server } from 'node:http';
import type { CloseTaskInput, OpenTaskInput } from '../saga/contract';
import { listen, urlOf } from './loopback';

export interface HumanTask extends OpenTaskInput {
  workflowId: string;
  outcome: CloseTaskInput['outcome'] | null;
}

export class People {
  /** By task id. */
  readonly tasks = new Map<string, HumanTask>();
  /** Descriptions of questions that should not have been asked. */
  readonly complaints: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly token: string
  ) {}

  static async open(token: string): Promise<People> {
    const server = createServer();
    const people = new People(server, token);
    server.on('request', (request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        const status = people.#answer(request.url ?? '', request.headers.authorization, text);
        response.writeHead(status).end();
      });
    });
    await listen(server);
    return people;
  }

  get url(): string {
    return urlOf(this.server);
  }

  /** The open question of this workflow id that is not the given one. */
  asks(workflowId: string, except: string | null): HumanTask | null {
    for (const task of this.tasks.values())
      if (task.workflowId === workflowId && task.taskId !== except && !task.outcome) return task;
    return null;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  #answer(url: string, authorization: string | undefined, text: string): number {
    if (authorization !== `Bearer ${this.token}`) {
      this.complaints.push(`${url} came without the internal token`);
      return 401;
    }
    if (url === '/api/internal/human-tasks/open') {
      const task = JSON.parse(text) as HumanTask;
      if (!this.tasks.has(task.taskId)) this.tasks.set(task.taskId, { ...task, outcome: null });
      return 204;
    }
    // Who is asked makes no difference to these people.
    if (url === '/api/internal/human-tasks/ask') return 204;
    if (url === '/api/internal/human-tasks/close') {
      const told = JSON.parse(text) as CloseTaskInput;
      const task = this.tasks.get(told.taskId);
      // Cancelled before its opening arrived: the late opening finds it closed.
      if (!task) this.tasks.set(told.taskId, { ...(told as unknown as HumanTask) });
      else if (task.outcome && task.outcome !== told.outcome)
        this.complaints.push(`${told.taskId} was closed as ${task.outcome}, then as ${told.outcome}`);
      else task.outcome = told.outcome;
      return 204;
    }
    this.complaints.push(`nobody answers ${url}`);
    return 404;
  }
}
