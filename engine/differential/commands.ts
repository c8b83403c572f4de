/**
 * The commands of the `temporal` CLI, in an order in which each finds what it needs on a server that has just been started.
 * Not among them: `server start-dev`, and `config`, `env` and `workflow fix-history-json`, which ask no server.
 */

export interface Command {
  /** Without the address and the format. `'…'` is one word. */
  line: string;
  /** It reads what the command before it has caused: a Temporal server lists it a little later. */
  isLate?: true;
}

/** The commands that ask a server, of the CLI 1.5.1. */
export const LEAVES: readonly string[] = [
  'activity complete',
  'activity fail',
  'activity update-options',
  'activity pause',
  'activity unpause',
  'activity reset',
  'batch describe',
  'batch list',
  'batch terminate',
  'worker deployment describe',
  'worker deployment delete',
  'worker deployment list',
  'worker deployment describe-version',
  'worker deployment delete-version',
  'worker deployment set-current-version',
  'worker deployment set-ramping-version',
  'worker deployment update-metadata-version',
  'worker deployment manager-identity set',
  'worker deployment manager-identity unset',
  'worker list',
  'worker describe',
  'operator cluster describe',
  'operator cluster health',
  'operator cluster list',
  'operator cluster remove',
  'operator cluster system',
  'operator cluster upsert',
  'operator namespace create',
  'operator namespace delete',
  'operator namespace describe',
  'operator namespace list',
  'operator namespace update',
  'operator nexus endpoint create',
  'operator nexus endpoint delete',
  'operator nexus endpoint get',
  'operator nexus endpoint list',
  'operator nexus endpoint update',
  'operator search-attribute create',
  'operator search-attribute list',
  'operator search-attribute remove',
  'schedule backfill',
  'schedule create',
  'schedule delete',
  'schedule describe',
  'schedule list',
  'schedule toggle',
  'schedule trigger',
  'schedule update',
  'task-queue describe',
  'task-queue get-build-id-reachability',
  'task-queue get-build-ids',
  'task-queue list-partition',
  'task-queue update-build-ids add-new-compatible',
  'task-queue update-build-ids add-new-default',
  'task-queue update-build-ids promote-id-in-set',
  'task-queue update-build-ids promote-set',
  'task-queue versioning add-redirect-rule',
  'task-queue versioning commit-build-id',
  'task-queue versioning delete-assignment-rule',
  'task-queue versioning delete-redirect-rule',
  'task-queue versioning get-rules',
  'task-queue versioning insert-assignment-rule',
  'task-queue versioning replace-assignment-rule',
  'task-queue versioning replace-redirect-rule',
  'task-queue config get',
  'task-queue config set',
  'workflow cancel',
  'workflow count',
  'workflow delete',
  'workflow describe',
  'workflow execute',
  'workflow list',
  'workflow metadata',
  'workflow update-options',
  'workflow query',
  'workflow reset',
  'workflow reset with-workflow-update-options',
  'workflow result',
  'workflow show',
  'workflow signal',
  'workflow signal-with-start',
  'workflow stack',
  'workflow start',
  'workflow terminate',
  'workflow trace',
  'workflow update describe',
  'workflow update execute',
  'workflow update result',
  'workflow update start',
  'workflow start-update-with-start',
  'workflow execute-update-with-start',
];

const late = (line: string): Command => ({ line, isLate: true });
const command = (line: string): Command => ({ line });

const NAMESPACES = [
  'operator namespace list',
  'operator namespace describe default',
  'operator namespace create --namespace second --retention 72h --description Second --email a@example.com',
  'operator namespace create --namespace second --retention 72h',
  'operator namespace describe second',
  'operator namespace update --namespace second --description Changed --data key=value --retention 96h',
  'operator namespace describe second',
  'operator namespace describe nowhere',
  'operator namespace delete --namespace second --yes',
  'operator namespace describe second',
].map(command);

const CLUSTER = [
  'operator cluster health',
  'operator cluster system',
  'operator cluster describe',
  'operator cluster list',
  'operator cluster upsert --frontend-address 127.0.0.1:1 --enable-connection',
  'operator cluster remove --name nowhere',
].map(command);

const ATTRIBUTES = [
  'operator search-attribute list',
  'operator search-attribute create --name Shade --type Keyword',
  'operator search-attribute create --name Shade --type Keyword',
  'operator search-attribute create --name Nothing --type Number',
  'operator search-attribute remove --name NeverAdded --yes',
].map(command);

const STARTS: Command[] = [
  'workflow start --type Order --task-queue nobody --workflow-id w1 --input {"amount":1}',
  'workflow start --type Order --task-queue nobody --workflow-id w1 --id-conflict-policy UseExisting',
  'workflow start --type Order --task-queue nobody --workflow-id w1 --fail-existing',
  'workflow start --type Order --task-queue nobody',
  "workflow start --type Order --task-queue nobody --workflow-id w2 --memo who='\"Ada\"' --search-attribute CustomKeywordField='\"red\"' --execution-timeout 1h --static-summary 'An order'",
  'workflow start --type Order --task-queue nobody --workflow-id w3 --start-delay 1h',
  'workflow start --type Order --task-queue nobody --workflow-id w4 --cron 0',
  'workflow start --type Order --task-queue nobody --workflow-id w5 --namespace nowhere',
  'workflow start --type Order --task-queue nobody --workflow-id w5 --search-attribute Unknown=1',
  'workflow execute --type Order --task-queue nobody --workflow-id w6 --command-timeout 2s',
].map(command);

const READS: Command[] = [
  command('workflow describe --workflow-id w1'),
  command('workflow describe --workflow-id w2'),
  command('workflow describe --workflow-id w1 --raw'),
  command('workflow describe --workflow-id w1 --reset-points'),
  command('workflow describe --workflow-id nobody'),
  command('workflow show --workflow-id w1'),
  command('workflow show --workflow-id nobody'),
  command('workflow result --workflow-id nobody'),
  late('workflow list --query \'WorkflowType = "Order"\''),
  late('workflow list --query \'WorkflowId = "w2"\''),
  late('workflow count'),
  late('workflow count --query \'CustomKeywordField = "red"\''),
  command("workflow list --query 'Nothing = 1'"),
  command("workflow count --query 'WorkflowId ='"),
  command('workflow trace --workflow-id nobody --output text'),
];

const MESSAGES: Command[] = [
  command('workflow signal --workflow-id w1 --name paid --input {"ok":true}'),
  command('workflow signal --workflow-id nobody --name paid'),
  command('workflow signal-with-start --signal-name paid --type Order --task-queue nobody --workflow-id w7 --input 1'),
  command('workflow signal-with-start --signal-name paid --type Order --task-queue nobody --workflow-id w7'),
  command('workflow show --workflow-id w7'),
  command('workflow query --workflow-id nobody --type state'),
  command('workflow stack --workflow-id nobody'),
  command('workflow metadata --workflow-id nobody'),
  command('workflow update start --workflow-id nobody --name set --wait-for-stage accepted'),
  command('workflow update execute --workflow-id nobody --name set'),
  command('workflow update describe --workflow-id w1 --update-id nothing'),
  command('workflow update result --workflow-id w1 --update-id nothing --command-timeout 2s'),
  command(
    'workflow start-update-with-start --update-name set --update-wait-for-stage accepted --type Order --task-queue nobody --workflow-id w8 --id-conflict-policy UseExisting --command-timeout 2s'
  ),
  command(
    'workflow execute-update-with-start --update-name set --type Order --task-queue nobody --workflow-id w8 --id-conflict-policy UseExisting --command-timeout 2s'
  ),
  command('workflow update-options --workflow-id nobody --versioning-override-behavior auto_upgrade'),
  command('activity complete --workflow-id w1 --activity-id a --result 1'),
  command('activity fail --workflow-id w1 --activity-id a --reason broken'),
  command('activity pause --workflow-id w1 --activity-id a'),
  command('activity unpause --workflow-id w1 --activity-id a'),
  command('activity reset --workflow-id w1 --activity-id a'),
  command('activity update-options --workflow-id w1 --activity-id a --heartbeat-timeout 5s'),
  command('activity pause --workflow-id nobody --activity-id a'),
];

const ENDS: Command[] = [
  command('workflow reset --workflow-id w1 --type FirstWorkflowTask --reason again'),
  command('workflow reset --workflow-id w1 --event-id 99 --reason again'),
  command('workflow reset --workflow-id nobody --event-id 4 --reason again'),
  command(
    'workflow reset with-workflow-update-options --workflow-id nobody --event-id 4 --reason again --versioning-override-behavior auto_upgrade'
  ),
  command('workflow cancel --workflow-id w1'),
  command('workflow cancel --workflow-id nobody'),
  command('workflow terminate --workflow-id w1 --reason over'),
  command('workflow terminate --workflow-id w1 --reason over'),
  command('workflow result --workflow-id w1'),
  command('workflow describe --workflow-id w1'),
  command('workflow show --workflow-id w1'),
  command('workflow trace --workflow-id w1 --output text'),
  late('workflow list --query \'ExecutionStatus = "Terminated"\''),
  command('workflow delete --workflow-id w1'),
  command('workflow delete --workflow-id nobody'),
];

const BATCHES: Command[] = [
  command('batch list'),
  late('workflow terminate --query \'WorkflowId = "w7"\' --reason over --yes'),
  late('batch list'),
  command('batch describe --job-id nothing'),
  command('batch terminate --job-id nothing --reason enough'),
];

const SCHEDULES: Command[] = [
  'schedule create --schedule-id s1 --interval 1h --workflow-id sw --task-queue nobody --type Order --paused --notes first',
  'schedule create --schedule-id s1 --interval 1h --workflow-id sw --task-queue nobody --type Order',
  'schedule create --schedule-id s2 --cron nonsense --workflow-id sw --task-queue nobody --type Order',
  'schedule describe --schedule-id s1',
  'schedule describe --schedule-id nothing',
  'schedule toggle --schedule-id s1 --unpause --reason go',
  'schedule toggle --schedule-id s1 --pause --reason stop',
  'schedule update --schedule-id s1 --interval 2h --workflow-id sw --task-queue nobody --type Order',
  'schedule describe --schedule-id s1',
]
  .map(command)
  .concat([
    late('schedule list'),
    command('schedule trigger --schedule-id s1 --overlap-policy AllowAll'),
    command('schedule trigger --schedule-id nothing'),
    command(
      'schedule backfill --schedule-id s1 --start-time 2026-01-01T00:00:00Z --end-time 2026-01-01T02:00:00Z --overlap-policy Skip'
    ),
    command('schedule delete --schedule-id s1'),
    command('schedule delete --schedule-id nothing'),
  ]);

const QUEUES: Command[] = [
  'task-queue describe --task-queue nobody',
  'task-queue list-partition --task-queue nobody',
  'task-queue get-build-ids --task-queue nobody',
  'task-queue get-build-id-reachability --build-id one',
  'task-queue update-build-ids add-new-default --task-queue nobody --build-id one',
  'task-queue update-build-ids add-new-compatible --task-queue nobody --build-id two --existing-compatible-build-id one',
  'task-queue update-build-ids promote-id-in-set --task-queue nobody --build-id one',
  'task-queue update-build-ids promote-set --task-queue nobody --build-id one',
  'task-queue versioning get-rules --task-queue nobody',
  'task-queue versioning insert-assignment-rule --task-queue nobody --build-id one --yes',
  'task-queue versioning replace-assignment-rule --task-queue nobody --rule-index 0 --build-id one --yes',
  'task-queue versioning delete-assignment-rule --task-queue nobody --rule-index 0 --yes',
  'task-queue versioning add-redirect-rule --task-queue nobody --source-build-id one --target-build-id two --yes',
  'task-queue versioning replace-redirect-rule --task-queue nobody --source-build-id one --target-build-id two --yes',
  'task-queue versioning delete-redirect-rule --task-queue nobody --source-build-id one --yes',
  'task-queue versioning commit-build-id --task-queue nobody --build-id one --yes',
  'task-queue config get --task-queue nobody --task-queue-type workflow',
  'task-queue config set --task-queue nobody --task-queue-type workflow --queue-rps-limit 5',
  'worker list',
  'worker describe --worker-instance-key nothing',
  'worker deployment list',
  'worker deployment describe --name nothing',
  'worker deployment delete --name nothing',
  'worker deployment describe-version --deployment-name nothing --build-id one',
  'worker deployment delete-version --deployment-name nothing --build-id one',
  'worker deployment set-current-version --deployment-name nothing --build-id one --yes',
  'worker deployment set-ramping-version --deployment-name nothing --build-id one --percentage 5 --yes',
  'worker deployment update-metadata-version --deployment-name nothing --build-id one --metadata a=1',
  'worker deployment manager-identity set --deployment-name nothing --self --yes',
  'worker deployment manager-identity unset --deployment-name nothing --yes',
].map(command);

const NEXUS: Command[] = [
  'operator nexus endpoint list',
  'operator nexus endpoint get --name nothing',
  'operator nexus endpoint create --name calls --target-namespace default --target-task-queue nobody',
  'operator nexus endpoint update --name nothing --description x',
  'operator nexus endpoint delete --name nothing',
].map(command);

export const COMMANDS: readonly Command[] = [
  ...NAMESPACES,
  ...CLUSTER,
  ...ATTRIBUTES,
  ...STARTS,
  ...READS,
  ...MESSAGES,
  ...ENDS,
  ...BATCHES,
  ...SCHEDULES,
  ...QUEUES,
  ...NEXUS,
];

/** Numbered, because the same command is there again after another one has changed something. */
export const nameOf = ({ line }: Command, index: number): string => `${index + 1} ${line}`;
