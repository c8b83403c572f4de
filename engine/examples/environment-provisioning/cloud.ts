/** The cloud: networks, databases, clusters and names, and whether what runs there is healthy. */
import { count, id, text } from '../services/fields';
import type { Service } from '../services/service';

const down = (message: string) => ({ kind: 'down', message }) as const;

export const CLOUD: Service = {
  name: 'cloud',
  title: 'Example cloud',
  questions: [
    {
      name: 'checkHealth',
      title: 'Check the health',
      path: 'health-checks',
      input: { properties: { host: text('Host') } },
      output: { properties: { healthy: { type: 'boolean', title: 'Healthy' }, status: text('Status') } },
      answer({ scenario }, attempt) {
        const isSlow = scenario === 'slow-start' && attempt < 3;
        const never = scenario === 'never-healthy' || scenario === 'delete-fails';
        return isSlow || never ? { healthy: false, status: 'starting' } : { healthy: true, status: 'ready' };
      },
    },
  ],
  effects: [
    {
      name: 'createNetwork',
      title: 'Create a network',
      path: 'networks',
      prefix: 'NET',
      input: { properties: { region: text('Region') } },
      output: { properties: { networkId: id('Network') } },
      answer: (_request, networkId) => ({ networkId }),
      undo: { name: 'deleteNetwork', title: 'Delete the network', armed: 'attempted' },
      lookup: { name: 'findNetwork', title: 'Find out whether the network exists' },
    },
    {
      name: 'createDatabase',
      title: 'Create a database',
      path: 'databases',
      prefix: 'DB',
      input: {
        properties: { networkId: text('Network'), sizeGb: count('Size in GB', { minimum: 1, maximum: 4_096 }) },
      },
      output: { properties: { databaseId: id('Database'), address: text('Address') } },
      answer: (_request, databaseId) => ({ databaseId, address: `${databaseId.toLowerCase()}.db.example.com:5432` }),
      undo: { name: 'deleteDatabase', title: 'Delete the database', armed: 'completed' },
      lookup: { name: 'findDatabase', title: 'Find out whether the database exists' },
    },
    {
      name: 'createCluster',
      title: 'Create a cluster',
      path: 'clusters',
      prefix: 'CL',
      input: { properties: { networkId: text('Network'), machines: count('Machines', { minimum: 1, maximum: 100 }) } },
      output: { properties: { clusterId: id('Cluster') } },
      answer: (_request, clusterId) => ({ clusterId }),
      undo: { name: 'deleteCluster', title: 'Delete the cluster', armed: 'completed' },
      lookup: { name: 'findCluster', title: 'Find out whether the cluster exists' },
    },
    {
      name: 'deploy',
      title: 'Deploy the application',
      path: 'deployments',
      prefix: 'DP',
      input: { properties: { clusterId: text('Cluster'), version: text('Version') } },
      output: { properties: { deploymentId: id('Deployment') } },
      answer: (_request, deploymentId) => ({ deploymentId }),
      undo: { name: 'removeDeployment', title: 'Remove the deployment', armed: 'completed' },
      lookup: { name: 'findDeployment', title: 'Find out whether it is deployed' },
    },
    {
      name: 'setName',
      title: 'Set the name',
      path: 'names',
      prefix: 'DNS',
      input: { properties: { host: text('Host') } },
      output: { properties: { recordId: id('Record') } },
      answer: (_request, recordId) => ({ recordId }),
      undo: { name: 'removeName', title: 'Remove the name', armed: 'attempted' },
      lookup: { name: 'findName', title: 'Find out whether the name is set' },
    },
    {
      name: 'handOver',
      title: 'Hand the environment over',
      path: 'hand-overs',
      prefix: 'HO',
      input: { properties: { owner: text('Owner', { format: 'email' }), host: text('Host') } },
      output: { properties: { handOverId: id('Hand-over') } },
      answer: (_request, handOverId) => ({ handOverId }),
      lookup: { name: 'findHandOver', title: 'Find out whether it was handed over' },
    },
  ],
  scenarios: {
    'goes-well': [],
    'slow-start': [],
    'quota-reached': [
      {
        of: 'createCluster',
        call: 'do',
        fault: { kind: 'refuse', status: 409, reason: 'QuotaReached', message: 'The account has no machines left.' },
      },
    ],
    'answer-lost': [{ of: 'createDatabase', call: 'do', attempts: 1, fault: { kind: 'loseAnswer' } }],
    'cluster-slow': [{ of: 'createCluster', call: 'do', attempts: 2, fault: down('The region is busy.') }],
    'never-healthy': [],
    'delete-fails': [{ of: 'createDatabase', call: 'undo', fault: down('The database is being backed up.') }],
  },
};
