/** Decides an approval: `npm run decide -- <workflow id> <task id> <hash of the data> approve|reject [comment]`. */
import { userInfo } from 'node:os';
import { APPROVAL_UPDATE, type ApprovalDecision } from './saga/contract';
import { connect } from './temporal';

const [workflowId, taskId, dataHash, decision, comment = ''] = process.argv.slice(2);
if (!workflowId || !taskId || !dataHash || (decision !== 'approve' && decision !== 'reject')) {
  console.error('Usage: npm run decide -- <workflow id> <task id> <hash of the data> approve|reject [comment]');
  process.exit(2);
}
const { client, connection } = await connect();
const { username } = userInfo();
const groups = (process.env.GROUPS_OF_ME ?? '').split(',').filter(Boolean);
await client.workflow.getHandle(workflowId).executeUpdate<unknown, [ApprovalDecision]>(APPROVAL_UPDATE, {
  updateId: `${taskId}/${crypto.randomUUID()}`,
  args: [{ taskId, decision, comment, dataHash, actor: { id: username, name: username, groups } }],
});
await connection.close();
