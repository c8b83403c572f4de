/** The other side of a subscription, ready to paste. consumer.test.ts runs what is here. */
export const VERIFY_NODE = `import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks'; // npm install standardwebhooks

const webhook = new Webhook(process.env.BACKSTITCH_SECRET); // whsec_…
createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    try {
      // The bytes as they came: a body that was parsed and written again has another signature.
      const event = webhook.verify(Buffer.concat(chunks).toString(), request.headers);
      // The same event may come again, with the same id: do nothing the second time.
      console.log(event.id, event.type, event.subject, event.data);
      response.writeHead(204).end();
    } catch {
      response.writeHead(401).end();
    }
  });
}).listen(process.env.PORT ?? 8080);
`;

export const VERIFY_PYTHON = `import base64, hashlib, hmac, time

def verify(secret: str, headers: dict, body: bytes) -> bool:
    """headers: with small letters. body: the bytes as they came."""
    sent = headers["webhook-timestamp"]
    if abs(time.time() - int(sent)) > 300:
        return False
    signed = f"{headers['webhook-id']}.{sent}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = headers["webhook-signature"].split(" ")
    return any(hmac.compare_digest(each, f"v1,{digest}") for each in given)
`;

/** Fields of a message: 'webhook-id', 'webhook-timestamp', 'webhook-signature', 'type' and 'event'. */
export const readStream = (stream: string): string =>
  `redis-cli XREAD BLOCK 0 COUNT 100 STREAMS ${stream} '$'
`;

export const SAMPLE = `{
  "specversion": "1.0",
  "id": "evt_6b1f0c9a2d…",
  "source": "https://backstitch.example.com/",
  "type": "backstitch.run.closed",
  "subject": "order-1007",
  "time": "2026-11-30T16:20:11.482Z",
  "sequence": "0000000000000004.0000000000000231.0",
  "datacontenttype": "application/json",
  "data": {
    "workflowId": "order-1007",
    "runId": "0193…",
    "url": "https://backstitch.example.com/runs/order-1007/0193…",
    "flow": "orders",
    "version": 3,
    "workflowType": "orders_v3",
    "status": "failed",
    "isPaused": false,
    "needsOperator": false,
    "waitsAt": [],
    "retriesAt": [],
    "failedAt": "create-shipment",
    "errors": ["HttpStatus 503"],
    "effectsRemaining": 1,
    "historyLength": 41
  }
}
`;
