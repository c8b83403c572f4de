/**
 * Every address of the API, as functions that build them. Answers stand in the comments; refusals are `{ error: AppFailure }`.
 */
const part = encodeURIComponent;
const run = (workflowId: string, runId: string) => `/api/runs/${part(workflowId)}/${part(runId)}`;

export const routes = {
  /** GET Health. No session needed. */
  health: () => '/api/health',
  /** GET { person: Person } */
  me: () => '/api/me',
  /** POST FirstAccount → { person }. Only while no account exists. */
  firstAccount: () => '/api/first-account',
  /** POST SignIn; sets the cookie (better-auth). */
  signIn: () => '/api/auth/sign-in/email',
  /** POST; clears the cookie (better-auth). */
  signOut: () => '/api/auth/sign-out',
  /** GET { flows: FlowSummary[] } */
  flows: () => '/api/flows',
  /** GET FlowDetail; `?version=` */
  flow: (flow: string, version?: number) => `/api/flows/${part(flow)}${version ? `?version=${version}` : ''}`,
  /** POST PublishFlow → PublishedVersion */
  publish: () => '/api/flows',
  /** POST {} → PublishedVersion */
  installExample: () => '/api/example',
  /** POST StartRun → StartedRun */
  startRun: (flow: string) => `/api/flows/${part(flow)}/runs`,
  /** GET RunsPage */
  runs: (search = '') => `/api/runs${search ? `?${search}` : ''}`,
  /** GET RunDetail */
  run,
  /** POST SignalRun → Receipt */
  signal: (workflowId: string, runId: string) => `${run(workflowId, runId)}/signal`,
  /** POST QueryRun → QueryAnswer */
  query: (workflowId: string, runId: string) => `${run(workflowId, runId)}/query`,
  /** POST UpdateRun → UpdateAnswer */
  update: (workflowId: string, runId: string) => `${run(workflowId, runId)}/update`,
  /** POST CancelRun → Receipt: 'Stop and undo'. */
  cancel: (workflowId: string, runId: string) => `${run(workflowId, runId)}/cancel`,
  /** POST TerminateRun → Receipt: 'Kill now, undo nothing'. */
  terminate: (workflowId: string, runId: string) => `${run(workflowId, runId)}/terminate`,
  /** POST DecideUndo → Receipt */
  decideUndo: (workflowId: string, runId: string) => `${run(workflowId, runId)}/decide-undo`,
  /** POST DecideOutcome → Receipt */
  decideOutcome: (workflowId: string, runId: string) => `${run(workflowId, runId)}/decide-outcome`,
  /** GET InboxList; `?view=waiting|done` */
  inbox: (view: 'waiting' | 'done' = 'waiting') => `/api/inbox?view=${view}`,
  /** GET InboxTaskDetail */
  task: (taskId: string) => `/api/inbox/${part(taskId)}`,
  /** POST DecideTask → DecisionReceipt */
  decideTask: (taskId: string) => `/api/inbox/${part(taskId)}/decide`,
  /** GET ShopLedger; `?order=` */
  shopLedger: (orderId?: string) => `/api/shop/ledger${orderId ? `?order=${part(orderId)}` : ''}`,
  /** POST OpenTaskBody, bearer BACKSTITCH_INTERNAL_TOKEN → { taskId } */
  openTask: () => '/api/internal/human-tasks/open',
  /** POST CloseTaskBody, bearer BACKSTITCH_INTERNAL_TOKEN → { taskId } */
  closeTask: () => '/api/internal/human-tasks/close',
} as const;

/** Pages. */
export const pages = {
  home: () => '/',
  flows: () => '/flows',
  flow: (flow: string, version?: number) => `/flows/${part(flow)}${version ? `?version=${version}` : ''}`,
  start: (flow: string, scenario?: string) =>
    `/flows/${part(flow)}/start${scenario ? `?scenario=${part(scenario)}` : ''}`,
  /** The start form, filled with what that run was started with. */
  startAgain: (flow: string, workflowId: string, runId: string) =>
    `/flows/${part(flow)}/start?again=${part(`${workflowId}/${runId}`)}`,
  runs: (search = '') => `/runs${search ? `?${search}` : ''}`,
  run: (workflowId: string, runId: string) => `/runs/${part(workflowId)}/${part(runId)}`,
  inbox: (view: 'waiting' | 'done' = 'waiting') => `/approvals${view === 'done' ? '?view=done' : ''}`,
  task: (taskId: string, view: 'waiting' | 'done' = 'waiting') =>
    `/approvals/${part(taskId)}${view === 'done' ? '?view=done' : ''}`,
  signIn: (back?: string) => `/sign-in${back ? `?back=${part(back)}` : ''}`,
  firstAccount: () => '/first-account',
} as const;
