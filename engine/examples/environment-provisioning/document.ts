/**
 * Environment provisioning: network, then database and application at the same time, until it is healthy; or nothing.
 */
import { drawerFor, expr } from '../services/draw';
import { count, durationField, scenarioField, scenariosOf, text } from '../services/fields';
import { CLOUD } from './cloud';

const { effect, question } = drawerFor(CLOUD, 'input.environmentId');
const host = expr('`${input.name}.example.com`');

const scenario = scenariosOf('environmentId', 'environment', 4_001, {
  name: 'shop-preview',
  region: 'eu-central',
  sizeGb: 20,
  machines: 3,
  version: '2026.11.2',
  owner: 'ada@example.com',
  checkEvery: 2_000,
});

export const ENVIRONMENT_DOCUMENT = {
  format: 2,
  name: 'environment-provisioning',
  title: 'Environment provisioning',
  description:
    'Creates a network, a database and a cluster with the application, waits until it is healthy and hands it over. What fails on the way leaves nothing behind.',
  input: {
    type: 'object',
    title: 'Environment',
    required: ['environmentId', 'name', 'region', 'sizeGb', 'machines', 'version', 'owner', 'checkEvery', 'scenario'],
    additionalProperties: false,
    properties: {
      environmentId: text('Environment', { maxLength: 200 }),
      name: text('Name', { pattern: '^[a-z][a-z0-9-]{1,40}$' }),
      region: text('Region', { enum: ['eu-central', 'us-east', 'ap-south'], default: 'eu-central' }),
      sizeGb: count('Size of the database in GB', { minimum: 1, maximum: 4_096 }),
      machines: count('Machines', { minimum: 1, maximum: 100 }),
      version: text('Version of the application'),
      owner: text('Owner', { format: 'email', maxLength: 320 }),
      checkEvery: durationField('Time between health checks', 30_000),
      scenario: scenarioField(CLOUD, 'For this environment only.'),
    },
  },
  output: {
    type: 'object',
    required: ['host', 'database'],
    properties: {
      host: { type: 'string', title: 'Host', primary: true },
      database: { type: 'string', title: 'Address of the database' },
    },
  },
  rollback: { onFailure: 'ask' },
  steps: [
    effect('createNetwork', {
      id: 'create-network',
      title: 'Create the network',
      input: { region: expr('input.region') },
      unknown: 'undo',
    }),
    {
      id: 'build',
      kind: 'parallel',
      title: 'Database and application',
      unwind: 'together',
      branches: [
        {
          id: 'data',
          title: 'Database',
          steps: [
            effect('createDatabase', {
              id: 'create-database',
              title: 'Create the database',
              input: { networkId: expr('createNetwork.networkId'), sizeGb: expr('input.sizeGb') },
            }),
          ],
        },
        {
          id: 'application',
          title: 'Application',
          steps: [
            effect('createCluster', {
              id: 'create-cluster',
              title: 'Create the cluster',
              input: { networkId: expr('createNetwork.networkId'), machines: expr('input.machines') },
            }),
            effect('deploy', {
              id: 'deploy',
              title: 'Deploy the application',
              input: { clusterId: expr('createCluster.clusterId'), version: expr('input.version') },
            }),
          ],
        },
      ],
    },
    effect('setName', { id: 'set-name', title: 'Set the name', input: { host }, unknown: 'undo' }),
    {
      id: 'until-healthy',
      kind: 'repeat',
      title: 'Until it is healthy',
      until: 'checkHealth.healthy',
      most: 5,
      steps: [
        { id: 'pause', kind: 'wait', title: 'Wait a little', duration: expr('input.checkEvery') },
        question('checkHealth', { id: 'check-health', title: 'Check the health', input: { host } }),
      ],
      catch: [
        {
          id: 'never-healthy',
          types: ['TooManyRounds'],
          scope: 'keep',
          then: [
            {
              id: 'give-up',
              kind: 'fail',
              title: 'Give up',
              errorType: 'NeverHealthy',
              message: expr('`${input.name} did not become healthy.`'),
            },
          ],
        },
      ],
    },
    effect('handOver', {
      id: 'hand-over',
      title: 'Hand it over',
      note: 'The point of no return: from here on somebody uses it.',
      input: { owner: expr('input.owner'), host },
      more: { pivot: true },
    }),
    {
      id: 'done',
      kind: 'end',
      title: 'Ready',
      output: { host, database: expr('createDatabase.address') },
    },
  ],
  scenarios: [
    scenario(
      'goes-well',
      'Goes well',
      'Everything is created, the first health check succeeds, and it is handed over.'
    ),
    scenario('slow-start', 'Slow start', 'The third health check succeeds.'),
    scenario('quota-reached', 'Quota reached', 'There are no machines left. The database and the network are deleted.'),
    scenario(
      'answer-lost',
      'Answer lost',
      'The database is created, but the answer never arrives. The second attempt finds the same database.'
    ),
    scenario('cluster-slow', 'Busy region', 'The cluster is created at the third attempt.'),
    scenario(
      'never-healthy',
      'Never healthy',
      'After five checks the run gives up and deletes everything it has created.'
    ),
    scenario(
      'delete-fails',
      'Deleting fails too',
      'It never becomes healthy, and the database cannot be deleted. The run asks an operator and says what remains.'
    ),
  ],
};
