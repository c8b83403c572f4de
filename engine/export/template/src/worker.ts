/** Runs the workflow and its activities until it is stopped. */
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { activities } from './activities';
import { TASK_QUEUE } from './task-queue';
import { connectionOptions, namespace } from './temporal';

const connection = await NativeConnection.connect(connectionOptions);
try {
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: TASK_QUEUE,
    workflowsPath: fileURLToPath(new URL('./workflows/index.ts', import.meta.url)),
    activities,
  });
  await worker.run();
} finally {
  await connection.close();
}
