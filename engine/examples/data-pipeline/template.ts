import { connectionOf } from '../services/connection';
import type { Template } from '../template';
import { DATA_PIPELINE_DOCUMENT } from './document';
import { WAREHOUSE } from './warehouse';

export const DATA_PIPELINE: Template = {
  name: DATA_PIPELINE_DOCUMENT.name,
  title: DATA_PIPELINE_DOCUMENT.title,
  document: DATA_PIPELINE_DOCUMENT,
  connections: [connectionOf(WAREHOUSE)],
  summary:
    'Loads the files of a day, three at a time, leaves damaged ones out, and publishes the table or nothing at all.',
  teaches: ['Each item of a list', 'Failures that are collected', 'Undo of every item'],
  lookAt: [
    {
      title: 'Damaged files',
      text:
        'In ‘One file is damaged’ its item fails and is kept as a failure; the other items go on. The output says how many ' +
        'were loaded and how many were damaged.',
    },
    {
      title: 'Every item is undone',
      text:
        'In ‘Warehouse down’ all six files are loaded already. Their rows are removed, one file after the other, and then the ' +
        'staging table is dropped.',
    },
    {
      title: 'No row twice',
      text: 'In ‘Answers lost’ every load is called twice with the same key. The books of the warehouse show each file once.',
    },
  ],
};
