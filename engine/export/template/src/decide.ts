/**
 * Decides an approval: `npm run decide -- <workflow id> <task id> <hash of the data> <decision> [comment] [values]`.
 * The decision is `approve`, `reject`, or one that the approval names; `values`: of its form, as JSON.
 */
import { userInfo } from 'node:os';
import { APPROVAL_UPDATE, type ApprovalDecision } from './saga/contract';
import { connect } from './temporal';

const [workflowId, taskId, dataHash, decision, comment = '', values] = process.argv.slice(2);
if (!workflowId || !taskId || !dataHash || !decision) {
  console.error('Usage: npm run decide -- <workflow id> <task id> <hash of the data> <decision> [comment] [values]');
  process.exit(2);
}
const { client, connection } = await connect();
const { username } = userInfo();
const groups = (process.env.GROUPS_OF_ME ?? '').split(',').filter(Boolean);
await client.workflow.getHandle(workflowId).executeUpdate<unknown, [ApprovalDecision]>(APPROVAL_UPDATE, {
  updateId: `${taskId}/${crypto.randomUUID()}`,
  args: [
    {
      taskId,
      decision,
      comment,
      ...(values === undefined ? {} : { values: JSON.parse(values) as unknown }),
      dataHash,
      actor: { id: username, name: username, groups },
    },
  ],
});
await connection.close();
