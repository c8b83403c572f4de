/** The data warehouse: files of the night, a staging table, and the table that people read. */
import { count, id, text } from '../services/fields';
import type { Service } from '../services/service';

const FILES = ['orders', 'returns', 'stock', 'prices', 'customers', 'visits'].map((name, index) => ({
  file: `${name}-2026-11-27.csv`,
  rows: 1_000 * (index + 1),
}));
const damaged = (file: string) =>
  ({
    of: 'checkFile',
    call: 'do',
    where: { file: `${file}-2026-11-27.csv` },
    fault: { kind: 'refuse', status: 422, reason: 'Damaged', message: `${file} has lines that cannot be read.` },
  }) as const;
const DOWN = { kind: 'down', message: 'The warehouse is being maintained.' } as const;

export const WAREHOUSE: Service = {
  name: 'warehouse',
  title: 'Example data warehouse',
  questions: [
    {
      name: 'listFiles',
      title: 'List the files of a day',
      path: 'file-lists',
      input: { properties: { day: text('Day', { format: 'date' }) } },
      output: {
        properties: {
          files: {
            type: 'array',
            title: 'Files',
            items: {
              type: 'object',
              required: ['file', 'rows'],
              properties: { file: text('File'), rows: count('Rows') },
            },
          },
        },
      },
      answer: () => ({ files: FILES }),
    },
    {
      name: 'checkFile',
      title: 'Check a file',
      path: 'file-checks',
      input: { properties: { file: text('File') } },
      output: { properties: { rows: count('Rows') } },
      answer: ({ file }) => ({ rows: FILES.find((each) => each.file === file)?.rows ?? 0 }),
    },
  ],
  effects: [
    {
      name: 'createStaging',
      title: 'Create a staging table',
      path: 'staging-tables',
      prefix: 'ST',
      input: { properties: { day: text('Day', { format: 'date' }) } },
      output: { properties: { table: id('Staging table') } },
      answer: (_request, table) => ({ table }),
      undo: { name: 'dropStaging', title: 'Drop the staging table', armed: 'attempted' },
      lookup: { name: 'findStaging', title: 'Find out whether the staging table exists' },
    },
    {
      name: 'loadFile',
      title: 'Load a file',
      path: 'loads',
      prefix: 'LD',
      input: { properties: { table: text('Staging table'), file: text('File'), rows: count('Rows') } },
      output: { properties: { loadId: id('Load'), rows: count('Rows') } },
      answer: ({ rows }, loadId) => ({ loadId, rows }),
      undo: { name: 'removeRows', title: 'Remove the rows', armed: 'completed' },
      lookup: { name: 'findLoad', title: 'Find out whether the file was loaded' },
    },
    {
      name: 'publishTable',
      title: 'Publish the table',
      path: 'publications',
      prefix: 'PB',
      input: { properties: { table: text('Staging table') } },
      output: { properties: { publicationId: id('Publication') } },
      answer: (_request, publicationId) => ({ publicationId }),
      lookup: { name: 'findPublication', title: 'Find out whether the table was published' },
    },
    {
      name: 'sendReport',
      title: 'Send the report',
      path: 'reports',
      prefix: 'RP',
      input: {
        properties: {
          to: text('To', { format: 'email' }),
          loaded: count('Loaded files'),
          damaged: count('Damaged files'),
        },
      },
      output: { properties: { reportId: id('Report') } },
      answer: (_request, reportId) => ({ reportId }),
      lookup: { name: 'findReport', title: 'Find out whether the report was sent' },
    },
  ],
  scenarios: {
    'goes-well': [],
    'one-damaged': [damaged('returns')],
    'most-damaged': [damaged('orders'), damaged('returns'), damaged('stock'), damaged('prices')],
    'answers-lost': [{ of: 'loadFile', call: 'do', attempts: 1, fault: { kind: 'loseAnswer' } }],
    'warehouse-down': [{ of: 'publishTable', call: 'do', fault: DOWN }],
    'published-late': [{ of: 'publishTable', call: 'do', fault: { kind: 'late' } }],
    'removing-fails': [
      { of: 'publishTable', call: 'do', fault: DOWN },
      { of: 'loadFile', call: 'undo', where: { file: FILES[2]!.file }, fault: DOWN },
    ],
  },
};
