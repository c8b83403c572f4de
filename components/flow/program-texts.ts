/**
 * The texts that are pasted into a terminal, a program or the configuration of an agent. No input becomes a command:
 * in a shell's text a quote is written so that it ends nothing [PTX1].
 */
import { outputName } from '@/engine/flow/names';

export function callsOf(origin: string, flow: string, input: unknown): string {
  const runs = `${origin}/api/v1/flows/${encodeURIComponent(flow)}/runs`;
  return `export BACKSTITCH_KEY=bsk_…

curl -X POST ${shell(runs)} \\
  -H "Authorization: Bearer $BACKSTITCH_KEY" \\
  -H 'Content-Type: application/json' \\
  -H 'Idempotency-Key: order-4711' \\
  -d ${shell(JSON.stringify({ input }, null, 2))}

curl -H "Authorization: Bearer $BACKSTITCH_KEY" \\
  ${shell(runs)}/<workflowId>'?wait=60'`;
}

export function usageOf(origin: string, flow: string, input: unknown): string {
  const base = outputName(flow);
  const type = `${base.charAt(0).toUpperCase()}${base.slice(1)}Flow`;
  return `import { ${type} } from './${flow}.ts';

const flow = new ${type}({ url: '${origin}', key: process.env.BACKSTITCH_KEY! });
const run = await flow.start(${JSON.stringify(input, null, 2)}, { idempotencyKey: 'order-4711' });
console.log(await run.result());`;
}

export function agentConfig(origin: string): string {
  const backstitch = { type: 'http', url: `${origin}/api/mcp`, headers: { Authorization: 'Bearer bsk_…' } };
  return JSON.stringify({ mcpServers: { backstitch } }, null, 2);
}

/** [PTX1] */
export const shell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
