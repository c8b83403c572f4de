/** How known senders prove their deliveries, so that nobody has to look it up. */
import type { Proof, PutHook } from '@/app/_contract/hooks';
import { shell } from '../program-texts';

export const SENDERS = ['standard', 'github', 'gitlab', 'hmac', 'token'] as const;
export type Sender = (typeof SENDERS)[number];

interface SenderFacts {
  label: string;
  description: string;
  /** What a new webhook of it begins with. */
  proof: Proof;
  deliveryId: PutHook['deliveryId'];
}

export const SENDER_FACTS: Record<Sender, SenderFacts> = {
  standard: {
    label: 'Standard Webhooks',
    description: 'Signed with an id and a time; Backstitch sends these, too',
    proof: { kind: 'standard' },
    deliveryId: { kind: 'header', header: 'webhook-id' },
  },
  github: {
    label: 'GitHub',
    description: 'Choose application/json there',
    proof: { kind: 'hmac', header: 'x-hub-signature-256', prefix: 'sha256=' },
    deliveryId: { kind: 'header', header: 'x-github-delivery' },
  },
  gitlab: {
    label: 'GitLab',
    description: 'The secret token in a header',
    proof: { kind: 'token', header: 'x-gitlab-token' },
    deliveryId: { kind: 'header', header: 'x-gitlab-webhook-uuid' },
  },
  hmac: {
    label: 'Another, signed',
    description: 'HMAC-SHA256 of the body, hexadecimal, in a header',
    proof: { kind: 'hmac', header: 'x-signature', prefix: '' },
    deliveryId: { kind: 'none' },
  },
  token: {
    label: 'Another, with a secret',
    description: 'The secret itself in a header',
    proof: { kind: 'token', header: 'authorization' },
    deliveryId: { kind: 'none' },
  },
};

/** The sender whose proof this is. */
export function senderOf(proof: Proof): Sender {
  const isSame = (sender: Sender) => JSON.stringify(SENDER_FACTS[sender].proof) === JSON.stringify(proof);
  return (['github', 'gitlab'] as const).find(isSame) ?? proof.kind;
}

/** [PTX1] A delivery by hand, ready to paste; null where a person would not make one. */
export function deliveryByHand(address: string, proof: Proof, input: unknown): string | null {
  const body = shell(JSON.stringify(input));
  const post = `curl -X POST ${shell(address)} \\\n  -H 'Content-Type: application/json' \\\n`;
  if (proof.kind === 'token') {
    return `export SECRET=…\n\n${post}  -H "${proof.header}: $SECRET" \\\n  -d ${body}`;
  }
  const setUp = `export SECRET=…\nBODY=${body}\n`;
  if (proof.kind === 'hmac') {
    const sign = `SIGNATURE=$(printf '%s' "$BODY" | openssl dgst -sha256 -hmac "$SECRET" -hex | sed 's/.* //')`;
    return `${setUp}${sign}\n\n${post}  -H "${proof.header}: ${proof.prefix}$SIGNATURE" \\\n  -d "$BODY"`;
  }
  return `${setUp}ID=msg_$(openssl rand -hex 8)
TIME=$(date +%s)
KEY=$(printf '%s' "\${SECRET#whsec_}" | openssl base64 -d -A | od -An -vtx1 | tr -d ' \\n')
SIGNATURE=$(printf '%s' "$ID.$TIME.$BODY" |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | openssl base64 -A)

${post}  -H "webhook-id: $ID" -H "webhook-timestamp: $TIME" \\
  -H "webhook-signature: v1,$SIGNATURE" \\
  -d "$BODY"`;
}
