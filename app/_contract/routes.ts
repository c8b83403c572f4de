/**
 * Every address of the API, as functions that build it. The comments give the requests and answers; refusals are `{
 * error: AppFailure }`.
 */
import { toPart as part } from './address-part';
import type { RunName } from './batches';
import { toRunAddress } from './run-address';

const value = encodeURIComponent;
const schedule = (id: string) => `/api/schedules/${part(id)}`;
const run = (workflowId: string, runId: string) => `/api/runs/${part(workflowId)}/${part(runId)}`;

export const routes = {
  /** GET Health. No session needed. */
  health: () => '/api/health',
  /** GET the measurements of this process, in the text format of Prometheus. */
  metrics: () => '/api/metrics',
  /** GET Workers */
  workers: () => '/api/workers',
  /** GET PeopleList */
  people: () => '/api/people',
  /** POST Invite → MadeLink */
  invite: () => '/api/people/invitations',
  /** POST {} → { id } */
  withdrawInvitation: (id: string) => `/api/people/invitations/${part(id)}/withdraw`,
  /** POST SetRoles → { id } */
  setRoles: (personId: string) => `/api/people/${part(personId)}/roles`,
  /** POST Deactivate → { id } */
  deactivate: (personId: string) => `/api/people/${part(personId)}/deactivate`,
  /** POST {} → { id } */
  reactivate: (personId: string) => `/api/people/${part(personId)}/reactivate`,
  /** POST ResetPassword → MadeLink */
  resetPassword: (personId: string) => `/api/people/${part(personId)}/reset-password`,
  /** POST {} → { id } */
  removeSecondFactor: (personId: string) => `/api/people/${part(personId)}/second-factor/remove`,
  /** POST SetSecondFactorRule → SecondFactorRule */
  setSecondFactorRule: () => '/api/people/second-factor-rule',
  /** POST PutGroup → { name } */
  putGroup: () => '/api/groups',
  /** POST {} → { name } */
  removeGroup: (name: string) => `/api/groups/${part(name)}/remove`,
  /** GET KeyList; POST CreateKey → MadeKey */
  keys: () => '/api/keys',
  /** GET NotificationList: what waits to be sent, and what could not be sent */
  notifications: () => '/api/notifications',
  /** POST RetryNotifications → { tried } */
  retryNotifications: () => '/api/notifications/retry',
  /** POST PutChat → Chat */
  putChat: () => '/api/chats',
  /** POST {} → ChatTested: one real message */
  testChat: (id: string) => `/api/chats/${part(id)}/test`,
  /** POST {} → { id } */
  removeChat: (id: string) => `/api/chats/${part(id)}/remove`,
  retention: () => '/api/retention',
  setRetention: () => '/api/retention',
  expired: (namespace: string, days: number, flow?: string) =>
    `/api/retention/expired?namespace=${value(namespace)}&days=${days}${flow === undefined ? '' : `&flow=${value(flow)}`}`,
  /** POST SetFlowRetention → FlowPeriodSet */
  flowRetention: (flow: string) => `/api/flows/${part(flow)}/retention`,
  setFlowRetention: () => '/api/retention/flows',
  /** POST {} → KeyRow */
  revokeKey: (id: string) => `/api/keys/${part(id)}/revoke`,
  /** GET AuditPage */
  audit: (search = '') => `/api/audit${search ? `?${search}` : ''}`,
  /** POST CheckAudit → AuditCheck */
  checkAudit: () => '/api/audit/check',
  /** GET text/csv, with the same filters. */
  auditExport: (search = '') => `/api/audit/export${search ? `?${search}` : ''}`,
  /** POST LookAtLink → EntryLinkView. No session needed: the token authenticates. */
  lookAtLink: () => '/api/entry/look',
  /** POST ForgotPassword → { ok }. No session needed; the answer does not say whether there is such an account. */
  forgotPassword: () => '/api/entry/forgot',
  /** POST UseLink → { email }. No session needed: the token authenticates. */
  useLink: () => '/api/entry/use',
  /** GET { person: Person } */
  me: () => '/api/me',
  /** GET OwnAccount. These need the session of a person. */
  account: () => '/api/account',
  /** POST ChangePassword → { ended } */
  changePassword: () => '/api/account/password',
  /** POST EndSessions → { ended } */
  endSessions: () => '/api/account/sessions/end',
  /** POST Preferences, those that change → { preferences: Preferences } */
  preferences: () => '/api/account/preferences',
  /** POST OwnPassword → { ended }: the provider signs this person in no more */
  disconnectProvider: () => '/api/account/provider/disconnect',
  /** POST OwnPassword → NewSecondFactor */
  prepareSecondFactor: () => '/api/account/second-factor/prepare',
  /** POST TurnOnSecondFactor → { ended } */
  turnOnSecondFactor: () => '/api/account/second-factor/on',
  /** POST OwnPassword → { ok } */
  turnOffSecondFactor: () => '/api/account/second-factor/off',
  /** POST OwnPassword → options for the browser (WebAuthn) */
  beginPasskey: () => '/api/account/passkeys/begin',
  /** POST AddPasskey → { id } */
  addPasskey: () => '/api/account/passkeys',
  /** POST NamePasskey → { id } */
  namePasskey: (id: string) => `/api/account/passkeys/${part(id)}/name`,
  /** POST {} → { id } */
  removePasskey: (id: string) => `/api/account/passkeys/${part(id)}/remove`,
  /** GET → OwnDevices. POST AddDevice → { id } */
  devices: () => '/api/account/devices',
  /** POST → DeviceTested */
  testDevice: (id: string) => `/api/account/devices/${part(id)}/test`,
  /** POST → { id } */
  removeDevice: (id: string) => `/api/account/devices/${part(id)}/remove`,
  /** GET OwnNotifications; POST NotificationSettings → OwnNotifications */
  ownNotifications: () => '/api/account/notifications',
  /** POST of a mail program (RFC 8058) or of the page behind the link: no more mails. GET leads to that page. The token authenticates. */
  unsubscribe: (token: string) => `/api/notifications/unsubscribe/${part(token)}`,
  /** POST OwnPassword → RecoveryCodes */
  renewRecoveryCodes: () => '/api/account/second-factor/recovery-codes',
  /** GET { exists }. POST FirstAccount → { person }; only while no account exists. */
  firstAccount: () => '/api/first-account',
  /** POST SignIn → SignedIn; sets the cookie (better-auth). */
  signIn: () => '/api/auth/sign-in/email',
  /** POST SignInCode → SignedIn: the second step of a sign-in; sets the cookie. No session needed. */
  signInWithCode: () => '/api/entry/code',
  /** POST {} → options for the browser (WebAuthn). No session needed. */
  beginPasskeySignIn: () => '/api/entry/passkey/begin',
  /** POST SignInWithPasskey → SignedIn; sets the cookie. No session needed. */
  signInWithPasskey: () => '/api/entry/passkey',
  /** POST StartWithProvider → StartedWithProvider; sets a cookie. No session needed. */
  startWithProvider: () => '/api/entry/provider/start',
  /** GET: where the provider sends the browser back; sets the cookie of the session and redirects. */
  finishWithProvider: () => '/api/entry/provider/callback',
  /** POST; clears the cookie (better-auth). */
  signOut: () => '/api/auth/sign-out',
  /** GET: the OpenAPI document of the API for other systems (app/_server/api), which has the addresses below it. */
  openApi: () => '/api/v1/openapi.json',
  /** GET: one file of TypeScript (engine/flow/typescript-client.ts). */
  typescriptClient: (flow: string) => `/api/v1/flows/${value(flow)}/client.ts`,
  /** POST: tools for agents, by the Model Context Protocol. */
  agents: () => '/api/mcp',
  /** GET KnownFlow: of a history from a file */
  historyFlow: (type: string, revision: string | null) =>
    `/api/histories/flow?type=${value(type)}${revision === null ? '' : `&revision=${value(revision)}`}`,
  /** POST ReplayHistory → Replayed */
  replayHistory: () => '/api/histories/replay',
  /** GET { flows: FlowSummary[] } */
  flows: () => '/api/flows',
  /** GET FlowDetail; `?version=` */
  flow: (flow: string, version?: number, revision?: string) =>
    `/api/flows/${part(flow)}${version ? `?version=${version}` : ''}${version && revision ? `&revision=${value(revision)}` : ''}`,
  /** GET VersionList */
  versions: (flow: string) => `/api/flows/${part(flow)}/versions`,
  /** POST RetireVersion → VersionSummary */
  retireVersion: (flow: string, version: number) => `/api/flows/${part(flow)}/versions/${version}/retire`,
  /** POST { reason } → VersionSummary */
  unretireVersion: (flow: string, version: number) => `/api/flows/${part(flow)}/versions/${version}/unretire`,
  /** POST { reason } → FlowSummary: no version starts runs, and the open draft is archived */
  archiveFlow: (flow: string) => `/api/flows/${part(flow)}/archive`,
  /** POST → FlowSummary: the versions that archiving retired start runs again */
  unarchiveFlow: (flow: string) => `/api/flows/${part(flow)}/unarchive`,
  /** POST RestoreVersion → RestoredVersion */
  restoreVersion: (flow: string, version: number) => `/api/flows/${part(flow)}/versions/${version}/restore`,
  /** POST PublishFlow → PublishedVersion */
  publish: () => '/api/flows',
  /** GET RevisionList */
  revisions: (flow: string) => `/api/flows/${part(flow)}/revisions`,
  /** POST StartGate → GateAnswer */
  gates: (flow: string) => `/api/flows/${part(flow)}/gates`,
  /** GET GateAnswer */
  gate: (flow: string, id: string) => `/api/flows/${part(flow)}/gates/${part(id)}`,
  /** POST {} */
  endGate: (flow: string, id: string) => `/api/flows/${part(flow)}/gates/${part(id)}/end`,
  /** POST GoLive → GateAnswer */
  goLive: (flow: string, id: string) => `/api/flows/${part(flow)}/gates/${part(id)}/live`,
  /** GET CatalogueAnswer; all, or only the operations of these names */
  catalogue: (names: readonly string[] = []) =>
    `/api/catalogue${names.length > 0 ? `?names=${value(names.join(','))}` : ''}`,
  /** GET CatalogueAnswer: all operations; of a large catalogue, what lists show of them */
  catalogueInBrief: () => '/api/catalogue?brief=yes',
  /** GET ConnectionList; POST PutConnection → ConnectionRow */
  connections: () => '/api/connections',
  /** GET ConnectionDetail */
  connection: (name: string) => `/api/connections/${part(name)}`,
  /** POST Archive → { name } */
  archiveConnection: (name: string) => `/api/connections/${part(name)}/archive`,
  /** POST {} → CallReport: one real request. */
  testConnection: (name: string) => `/api/connections/${part(name)}/test`,
  /** POST SendOnce → CallReport: one real call. */
  sendOnce: (name: string) => `/api/connections/${part(name)}/send-once`,
  /** POST PutOperations → { operations: OperationRow[] } */
  putOperations: (name: string) => `/api/connections/${part(name)}/operations`,
  /** POST Archive → { name } */
  archiveOperation: (name: string, operation: string) =>
    `/api/connections/${part(name)}/operations/${part(operation)}/archive`,
  /** GET SecretNames; POST PutSecret → { name } */
  secrets: () => '/api/secrets',
  /** POST TrialBody → TryAnswer. Also for drafts that were never saved: the body carries the document. */
  tryDraft: (draftId: string) => `/api/drafts/${part(draftId)}/trial`,
  /** POST TrialBody → lines of MatrixLine */
  tryMatrix: (draftId: string) => `/api/drafts/${part(draftId)}/trial/matrix`,
  /** POST {} → PublishedVersion */
  installExample: () => '/api/example',
  /** GET DraftList; POST CreateDraft → DraftSummary */
  drafts: (search = '') => `/api/drafts${search ? `?${search}` : ''}`,
  /** GET DraftDetail; `?number=` shows it as it was, without entries of 'Revert' */
  draft: (id: string, number?: number) => `/api/drafts/${part(id)}${number === undefined ? '' : `?number=${number}`}`,
  /** GET DraftChanges; `?since=`. POST SendGestures → GesturesAnswer */
  gestures: (id: string, since?: number) =>
    `/api/drafts/${part(id)}/gestures${since === undefined ? '' : `?since=${since}`}`,
  /** GET DraftCodeAnswer */
  draftCode: (id: string) => `/api/drafts/${part(id)}/code`,
  /** GET a zip: a project that runs without Backstitch */
  draftProject: (id: string) => `/api/drafts/${part(id)}/project`,
  /** GET DraftHistory */
  draftHistory: (id: string) => `/api/drafts/${part(id)}/history`,
  /** POST RestoreDraft → GestureAnswer */
  restoreDraft: (id: string) => `/api/drafts/${part(id)}/restore`,
  /** POST TagDraft → DraftSummary */
  tagDraft: (id: string) => `/api/drafts/${part(id)}/tags`,
  /** GET DraftStretch */
  draftStretch: (id: string, since: number, until: number) =>
    `/api/drafts/${part(id)}/history/stretch?since=${since}&until=${until}`,
  /** POST RebaseDraft → RebasedDraft */
  rebaseDraft: (id: string) => `/api/drafts/${part(id)}/rebase`,
  /** POST {} → DraftSummary */
  archiveDraft: (id: string) => `/api/drafts/${part(id)}/archive`,
  /** POST {} → DraftSummary */
  unarchiveDraft: (id: string) => `/api/drafts/${part(id)}/unarchive`,
  /** POST PublishDraft → PublishedVersion */
  publishDraft: (id: string) => `/api/drafts/${part(id)}/publish`,
  /** GET a zip: a project that runs without Backstitch */
  flowProject: (flow: string, version: number) => `/api/flows/${part(flow)}/project?version=${version}`,
  /** POST StartRun → StartedRun */
  startRun: (flow: string) => `/api/flows/${part(flow)}/runs`,
  /** GET ScheduleList; POST CreateSchedule → { id } */
  schedules: () => '/api/schedules',
  /** GET TimesAnswer: the next ten of words that are no schedule yet; `when` is JSON */
  previewSchedule: (when: string) => `/api/schedules/preview?when=${value(when)}`,
  /** GET ScheduleDetail; POST UpdateSchedule → { id } */
  schedule,
  /** GET TimesAnswer; both ends belong to the range */
  scheduleTimes: (id: string, from: number, until: number) => `${schedule(id)}/times?from=${from}&until=${until}`,
  /** POST PauseSchedule → { id } */
  pauseSchedule: (id: string) => `${schedule(id)}/pause`,
  /** POST TriggerSchedule → { id } */
  triggerSchedule: (id: string) => `${schedule(id)}/trigger`,
  /** POST BackfillSchedule → { id } */
  backfillSchedule: (id: string) => `${schedule(id)}/backfill`,
  /** POST { requestId } → { id } */
  deleteSchedule: (id: string) => `${schedule(id)}/delete`,
  /** GET RunsPage */
  runs: (search = '') => `/api/runs${search ? `?${search}` : ''}`,
  /** GET text/csv, with the same filters. */
  exportRuns: (search = '') => `/api/runs/export${search ? `?${search}` : ''}`,
  /** GET RunDetail */
  run,
  /** POST SignalRun → Receipt */
  /** GET: a file, the history in Temporal's JSON */
  history: (workflowId: string, runId: string) => `${run(workflowId, runId)}/history`,
  /** GET → RunFamily */
  family: (workflowId: string, runId: string) => `${run(workflowId, runId)}/family`,
  signal: (workflowId: string, runId: string) => `${run(workflowId, runId)}/signal`,
  /** POST QueryRun → QueryAnswer */
  query: (workflowId: string, runId: string) => `${run(workflowId, runId)}/query`,
  /** POST UpdateRun → UpdateAnswer */
  update: (workflowId: string, runId: string) => `${run(workflowId, runId)}/update`,
  /** POST CancelRun → Receipt: 'Stop and undo'. */
  cancel: (workflowId: string, runId: string) => `${run(workflowId, runId)}/cancel`,
  /** POST KeepRun → Receipt */
  keepRun: (workflowId: string, runId: string) => `${run(workflowId, runId)}/keep`,
  /** POST DeleteRun → Receipt */
  deleteRun: (workflowId: string, runId: string) => `${run(workflowId, runId)}/delete`,
  /** POST TerminateRun → Receipt: 'Kill now, undo nothing'. */
  terminate: (workflowId: string, runId: string) => `${run(workflowId, runId)}/terminate`,
  /** POST ResetRun → ResetDone */
  reset: (workflowId: string, runId: string) => `${run(workflowId, runId)}/reset`,
  /** POST PauseRun → Receipt */
  pauseRun: (workflowId: string, runId: string) => `${run(workflowId, runId)}/pause`,
  /** POST ResumeRun → Receipt */
  resumeRun: (workflowId: string, runId: string) => `${run(workflowId, runId)}/resume`,
  /** POST PauseStep → Receipt */
  pauseStep: (workflowId: string, runId: string) => `${run(workflowId, runId)}/pause-step`,
  /** POST OnStep → Receipt */
  resumeStep: (workflowId: string, runId: string) => `${run(workflowId, runId)}/resume-step`,
  /** POST OnStep → Receipt: its next attempt at once */
  retryStep: (workflowId: string, runId: string) => `${run(workflowId, runId)}/retry-step`,
  /** POST ChangeStep → Receipt: its timeouts and its retry policy */
  changeStep: (workflowId: string, runId: string) => `${run(workflowId, runId)}/change-step`,
  /** POST DecideUndo → Receipt */
  decideUndo: (workflowId: string, runId: string) => `${run(workflowId, runId)}/decide-undo`,
  settle: (workflowId: string, runId: string) => `${run(workflowId, runId)}/settle`,
  /** POST DecideOutcome → Receipt */
  decideOutcome: (workflowId: string, runId: string) => `${run(workflowId, runId)}/decide-outcome`,
  /** GET HookList, with `?flow=`; POST PutHook → PutHookDone */
  hooks: (flow?: string) => `/api/hooks${flow === undefined ? '' : `?flow=${part(flow)}`}`,
  /** POST {} → { id } */
  removeHook: (id: string) => `/api/hooks/${part(id)}/remove`,
  /** POST by another system: any JSON, proved as the webhook says → HookAnswer */
  deliver: (id: string) => `/api/hooks/${part(id)}/deliver`,
  /** GET EventsList; POST PutSubscription → PutSubscriptionDone */
  events: () => '/api/events',
  /** GET SubscriptionDetail */
  subscription: (id: string) => `/api/events/${part(id)}`,
  /** POST {} → { id } */
  removeSubscription: (id: string) => `/api/events/${part(id)}/remove`,
  /** POST {} → PutSubscriptionDone */
  replaceEventSecret: (id: string) => `/api/events/${part(id)}/replace-secret`,
  /** POST {} → EventDelivery */
  testSubscription: (id: string) => `/api/events/${part(id)}/test`,
  /** POST Replay → { id } */
  replayEvents: (id: string) => `/api/events/${part(id)}/replay`,
  /** GET ViewList; POST PutView → SavedView */
  views: () => '/api/views',
  /** POST {} → { id } */
  removeView: (id: string) => `/api/views/${part(id)}/remove`,
  /** POST ChooseView → ChooseView */
  defaultView: () => '/api/views/default',
  /** GET AttentionList; `?days=` */
  attention: (days?: number) => `/api/attention${days === undefined ? '' : `?days=${days}`}`,
  /** POST OwnGroup → Receipt */
  ownGroup: () => '/api/attention/own',
  /** POST AcknowledgeGroup → Receipt */
  acknowledgeGroup: () => '/api/attention/acknowledge',
  /** POST SnoozeGroup → Receipt */
  snoozeGroup: () => '/api/attention/snooze',
  /** POST NoteGroup → Receipt */
  noteGroup: () => '/api/attention/note',
  /** POST RetryGroup → Batch */
  retryGroup: () => '/api/attention/retry',
  /** GET BatchList; POST StartBatch → Batch */
  batches: (search = '') => `/api/batches${search ? `?${search}` : ''}`,
  /** GET BatchPreview, with the filters of the list, or `runIds` */
  previewBatch: (search: string) => `/api/batches/preview?${search}`,
  /** GET Batch */
  batch: (id: string) => `/api/batches/${part(id)}`,
  /** POST StopBatch → Batch */
  stopBatch: (id: string) => `/api/batches/${part(id)}/stop`,
  /** POST RepeatBatch → Batch */
  repeatBatch: (id: string) => `/api/batches/${part(id)}/repeat`,
  /** GET BatchRuns, with a BatchResultsQuery */
  batchResults: (id: string, search = '') => `/api/batches/${part(id)}/results${search ? `?${search}` : ''}`,
  /** GET text/csv */
  exportBatch: (id: string, search = '') => `/api/batches/${part(id)}/results/export${search ? `?${search}` : ''}`,
  /** GET InboxList, with an InboxQuery. */
  inbox: (search = 'view=waiting') => `/api/inbox?${search}`,
  /** GET InboxList: only its counts matter. */
  inboxCounts: () => '/api/inbox?view=waiting&limit=1',
  /** GET InboxTaskDetail */
  task: (taskId: string) => `/api/inbox/${part(taskId)}`,
  /** GET DelegationList; POST CreateDelegation → Delegation. These three need the session of a person. */
  delegations: () => '/api/delegations',
  /** POST {} → { id } */
  endDelegation: (id: string) => `/api/delegations/${part(id)}/end`,
  /** POST PreviewDecisions → DecisionPreviews: nothing is decided. */
  previewDecisions: () => '/api/inbox/preview',
  /** POST ClaimTask → ClaimReceipt */
  claimTask: (taskId: string) => `/api/inbox/${part(taskId)}/claim`,
  /** POST {} → ClaimReceipt */
  releaseTask: (taskId: string) => `/api/inbox/${part(taskId)}/release`,
  /** POST AssignTask → ClaimReceipt */
  assignTask: (taskId: string) => `/api/inbox/${part(taskId)}/assign`,
  /** GET GuestList; POST InviteGuest → GuestInvited */
  guests: (taskId: string) => `/api/inbox/${part(taskId)}/guests`,
  /** POST {} → { id } */
  revokeGuest: (taskId: string, id: string) => `/api/inbox/${part(taskId)}/guests/${part(id)}/revoke`,
  /** POST { token } → GuestTask. No session needed: the token authenticates. */
  lookAsGuest: () => '/api/guest/look',
  /** POST DecideAsGuest → GuestReceipt. No session needed: the token authenticates. */
  decideAsGuest: () => '/api/guest/decide',
  /** GET CandidateList */
  candidates: (taskId: string) => `/api/inbox/${part(taskId)}/candidates`,
  askable: (taskId: string) => `/api/inbox/${part(taskId)}/askable`,
  /** POST DecideTask → DecisionReceipt */
  decideTask: (taskId: string) => `/api/inbox/${part(taskId)}/decide`,
  /** POST AskQuestionBody → QuestionReceipt */
  askQuestion: (taskId: string) => `/api/inbox/${part(taskId)}/questions`,
  /** POST { text } → QuestionReceipt */
  answerQuestion: (taskId: string, id: string) => `/api/inbox/${part(taskId)}/questions/${part(id)}/answer`,
  /** POST {} → QuestionReceipt */
  withdrawQuestion: (taskId: string, id: string) => `/api/inbox/${part(taskId)}/questions/${part(id)}/withdraw`,
  /** POST TakeBackTask → TakeBackReceipt */
  takeBackTask: (taskId: string) => `/api/inbox/${part(taskId)}/take-back`,
  /** GET AlertsPage */
  alerts: () => '/api/alerts',
  /** GET OpenAlerts */
  openAlerts: () => '/api/alerts/open',
  /** POST PutAlertRule → { id } */
  putAlertRule: () => '/api/alerts/rules',
  /** POST PreviewAlertRule → AlertPreview: what it would find now. Changes nothing. */
  previewAlertRule: () => '/api/alerts/rules/preview',
  /** POST {} → { id } */
  removeAlertRule: (id: string) => `/api/alerts/rules/${part(id)}/remove`,
  /** POST PutAlertDestination → PutAlertDestinationDone */
  putAlertDestination: () => '/api/alerts/destinations',
  /** POST {} → { id } */
  removeAlertDestination: (id: string) => `/api/alerts/destinations/${part(id)}/remove`,
  /** POST TestAlertTarget → AlertTargetTested: one real message */
  testAlertTarget: () => '/api/alerts/test',
  /** POST SilenceAlert → { ruleId } */
  silenceAlert: () => '/api/alerts/silence',
  /** POST {} → { id, by } */
  acknowledgeAlert: (id: string) => `/api/alerts/${part(id)}/acknowledge`,
  /** POST { alert, target }, bearer BACKSTITCH_INTERNAL_TOKEN → { problem } */
  tellAlert: () => '/api/internal/alerts/tell',
  /** POST { alert }, bearer BACKSTITCH_INTERNAL_TOKEN → { over, wait } */
  planAlert: () => '/api/internal/alerts/plan',
  /** GET ExampleBooks; `?reference=` */
  exampleBooks: (connection: string, reference?: string) =>
    `/api/examples/${part(connection)}/books${reference ? `?reference=${value(reference)}` : ''}`,
  /** POST OpenTaskBody, bearer BACKSTITCH_INTERNAL_TOKEN → { taskId } */
  openTask: () => '/api/internal/human-tasks/open',
  /** POST CloseTaskBody, bearer BACKSTITCH_INTERNAL_TOKEN → { taskId } */
  askTask: () => '/api/internal/human-tasks/ask',
  closeTask: () => '/api/internal/human-tasks/close',
} as const;

/** Pages. */
export const pages = {
  home: () => '/',
  flows: () => '/flows',
  /** The list of flows, with the dialog that makes one. */
  newFlow: () => '/flows?new=true',
  flow: (flow: string, version?: number) => `/flows/${part(flow)}${version ? `?version=${version}` : ''}`,
  /** Sides: a version number, or 'draft:<id>'. Without them: the newest two. */
  compare: (flow: string, from?: string | number, to?: string | number) =>
    `/flows/${part(flow)}/compare${from === undefined || to === undefined ? '' : `?from=${value(from)}&to=${value(to)}`}`,
  /** The designer. */
  draft: (id: string) => `/drafts/${part(id)}`,
  templates: () => '/templates',
  template: (name: string) => `/templates/${part(name)}`,
  start: (flow: string, scenario?: string) =>
    `/flows/${part(flow)}/start${scenario ? `?scenario=${value(scenario)}` : ''}`,
  /** The start form, filled with the input of that run. */
  startAgain: (flow: string, workflowId: string, runId: string) =>
    `/flows/${part(flow)}/start?again=${value(toRunAddress({ workflowId, runId }))}`,
  schedules: (flow?: string) => `/schedules${flow === undefined ? '' : `?flow=${value(flow)}`}`,
  schedule: (id: string) => `/schedules/${part(id)}`,
  editSchedule: (id: string) => `/schedules/${part(id)}/edit`,
  newSchedule: (flow?: string) => `/new-schedule${flow === undefined ? '' : `?flow=${value(flow)}`}`,
  attention: () => '/attention',
  alerts: () => '/alerts',
  workers: () => '/workers',
  runs: (search = '') => `/runs${search ? `?${search}` : ''}`,
  batches: () => '/batches',
  /** `result`: one of BATCH_RESULTS. */
  batch: (id: string, result?: string) => `/batches/${part(id)}${result ? `?result=${value(result)}` : ''}`,
  run: (workflowId: string, runId: string) => `/runs/${part(workflowId)}/${part(runId)}`,
  /** The history of a run from a file. */
  openHistory: () => '/runs/open-history',
  /** Two runs side by side. */
  compareRuns: (a: RunName, b: RunName) => `/runs/compare?a=${value(toRunAddress(a))}&b=${value(toRunAddress(b))}`,
  /** `search`: the view and the filters of the list. */
  inbox: (search = '') => `/approvals${search ? `?${search}` : ''}`,
  task: (taskId: string, search = '') => `/approvals/${part(taskId)}${search ? `?${search}` : ''}`,
  /** `refused`: the code of the failure with which a provider's answer was refused. */
  signIn: (back?: string, refused?: string) =>
    `/sign-in${back ? `?back=${value(back)}` : ''}${back && refused ? `&refused=${value(refused)}` : ''}`,
  /** For who has to set one up before anything else. */
  secondFactor: (back?: string) => `/second-factor${back ? `?back=${value(back)}` : ''}`,
  firstAccount: () => '/first-account',
  /** A token after the '#' never appears in the log of a server. */
  join: (token = '') => `/join${token ? `#${token}` : ''}`,
  settings: () => '/settings',
  people: () => '/settings/people',
  groups: () => '/settings/groups',
  keys: () => '/settings/keys',
  /** `operation`: the id of one in the document. */
  api: (operation = '') => `/settings/api${operation ? `#${operation}` : ''}`,
  notifications: () => '/settings/notifications',
  events: () => '/settings/events',
  subscription: (id: string) => `/settings/events/${part(id)}`,
  retention: () => '/settings/retention',
  connections: () => '/settings/connections',
  connection: (name: string) => `/settings/connections/${part(name)}`,
  operation: (name: string, operation: string) => `/settings/connections/${part(name)}/operations/${part(operation)}`,
  newOperation: (name: string) => `/settings/connections/${part(name)}/new-operation`,
  account: () => '/account',
  /** One task, for somebody without an account. A token after the '#' never appears in the log of a server. */
  guest: (token: string) => `/guest#${token}`,
  /** Of a mail: asks whether no more are wanted. */
  unsubscribe: (token: string) => `/unsubscribe/${part(token)}`,
  audit: (search = '') => `/settings/audit${search ? `?${search}` : ''}`,
} as const;
