/**
 * Data pipeline: each file of a night is checked and loaded, three at a time; damaged ones are left out and counted.
 */
import { drawerFor, expr } from '../services/draw';
import { scenarioField, scenariosOf, text } from '../services/fields';
import { WAREHOUSE } from './warehouse';

const { effect, question } = drawerFor(WAREHOUSE, 'input.importId');

const scenario = scenariosOf('importId', 'import', 5_001, { day: '2026-11-27', reportTo: 'data@example.com' });

export const DATA_PIPELINE_DOCUMENT = {
  format: 2,
  name: 'data-pipeline',
  title: 'Data pipeline',
  description:
    'Loads each file of a day into a staging table, three at a time, and publishes the table. Damaged files are left out; if most are damaged, nothing is published.',
  input: {
    type: 'object',
    title: 'Import',
    required: ['importId', 'day', 'reportTo', 'scenario'],
    additionalProperties: false,
    properties: {
      importId: text('Import', { maxLength: 200 }),
      day: text('Day', { format: 'date', primary: true }),
      reportTo: text('Report to', { format: 'email', maxLength: 320 }),
      scenario: scenarioField(WAREHOUSE, 'For this import only.'),
    },
  },
  output: {
    type: 'object',
    required: ['loaded', 'damaged'],
    properties: {
      loaded: { type: 'integer', title: 'Loaded files', primary: true },
      damaged: { type: 'integer', title: 'Damaged files' },
    },
  },
  rollback: { onFailure: 'ask' },
  steps: [
    question('listFiles', { id: 'list-files', title: 'List the files of the day', input: { day: expr('input.day') } }),
    effect('createStaging', {
      id: 'create-staging',
      title: 'Create the staging table',
      input: { day: expr('input.day') },
      unknown: 'undo',
    }),
    {
      id: 'load-files',
      kind: 'each',
      title: 'Load each file',
      items: 'listFiles.files',
      item: 'file',
      concurrency: 3,
      onFailure: 'collect',
      steps: [
        question('checkFile', { id: 'check-file', title: 'Check the file', input: { file: expr('file.file') } }),
        effect('loadFile', {
          id: 'load-file',
          title: 'Load the file',
          input: { table: expr('createStaging.table'), file: expr('file.file'), rows: expr('checkFile.rows') },
        }),
      ],
    },
    {
      id: 'enough',
      kind: 'choice',
      title: 'Enough files?',
      branches: [
        {
          id: 'most-damaged',
          title: 'Most are damaged',
          when: 'loadFiles.failures.length * 2 > loadFiles.items',
          steps: [
            {
              id: 'too-many-damaged',
              kind: 'fail',
              title: 'Publish nothing',
              errorType: 'TooManyDamaged',
              message: expr('`${loadFiles.failures.length} of ${loadFiles.items} files are damaged.`'),
            },
          ],
        },
      ],
      otherwise: { title: 'Enough', steps: [] },
    },
    effect('publishTable', {
      id: 'publish-table',
      title: 'Publish the table',
      note: 'The point of no return: from here on people read the new data.',
      input: { table: expr('createStaging.table') },
      more: { pivot: true },
    }),
    effect('sendReport', {
      id: 'send-report',
      title: 'Send the report',
      input: {
        to: expr('input.reportTo'),
        loaded: expr('loadFiles.items - loadFiles.failures.length'),
        damaged: expr('loadFiles.failures.length'),
      },
      more: { catch: [{ id: 'without-report', types: [], scope: 'keep', then: [] }] },
    }),
    {
      id: 'done',
      kind: 'end',
      title: 'Published',
      output: {
        loaded: expr('loadFiles.items - loadFiles.failures.length'),
        damaged: expr('loadFiles.failures.length'),
      },
    },
  ],
  scenarios: [
    scenario('goes-well', 'Goes well', 'Six files are loaded, three at a time, and the table is published.'),
    scenario(
      'one-damaged',
      'One file is damaged',
      'It is left out and counted in the report; the other five are published.'
    ),
    scenario(
      'most-damaged',
      'Most are damaged',
      'Nothing is published: the rows are removed and the staging table is dropped.'
    ),
    scenario(
      'answers-lost',
      'Answers lost',
      'Every first answer to a load gets lost. The second attempt has the same key, so no row is loaded twice.'
    ),
    scenario('warehouse-down', 'Warehouse down', 'The table cannot be published. All six files are taken out again.'),
    scenario(
      'published-late',
      'Published after the timeout',
      'Every attempt times out, and then the table is published after all. The run looks it up before it continues.'
    ),
    scenario(
      'removing-fails',
      'Removing fails too',
      'The table cannot be published, and the rows of one file cannot be removed. The run asks an operator.'
    ),
  ],
};
