/** The ledger as a plain HTML page without scripts. Everything that came from outside is escaped. */
import { KIND_TITLES } from './effect-kind';
import type { ShopKey, ShopLedgerReport } from './ledger';

const STATES = {
  applied: '✓ remains',
  undone: '↶ undone',
  refused: '– refused',
  tombstoned: '× refused, because its undo came first',
} as const;

export function ledgerPage(report: ShopLedgerReport): string {
  const title = report.order === null ? 'The shop’s ledger' : `The shop’s ledger for ${report.order}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title><style>${STYLE}</style></head><body><main>
<h1>${escape(title)}</h1>
${report.order === null ? '' : '<p><a href="/">All orders</a></p>'}
<p>${report.money.map((m) => `${money(m.balance, m.currency)} in the till (${money(m.taken, m.currency)} taken, ${money(m.refunded, m.currency)} refunded)`).join(' · ') || 'No payments'}
 · ${report.parcels} parcels sent · ${report.mails} mails sent</p>
<h2>What happened</h2>
${table(
  ['When (UTC)', 'Order', 'What', 'State', 'Booked', 'Detail'],
  report.keys.map((key) => [
    escape(key.at.slice(0, 19).replace('T', ' ')),
    `<a href="/?order=${encodeURIComponent(key.orderId)}">${escape(key.orderId)}</a>`,
    KIND_TITLES[key.kind],
    STATES[key.state],
    `${key.applied} done, ${key.undone} undone`,
    escape(detailOf(key)),
  ])
)}
<h2>On the shelf</h2>
${table(
  ['Article', 'On hand', 'Reserved', 'Free', 'Price'],
  report.stock.map((row) => [
    `${escape(row.title)} <code>${escape(row.sku)}</code>`,
    String(row.onHand),
    String(row.reserved),
    String(row.onHand - row.reserved),
    money(row.unitPrice, row.currency),
  ])
)}
</main></body></html>`;
}

function detailOf({ detail }: ShopKey): string {
  if (detail.amount !== undefined && detail.currency) return money(detail.amount, detail.currency);
  if (detail.to) return `${detail.to}: ${detail.subject ?? ''}`;
  if (detail.address) return [detail.recipient, detail.address, detail.deliveryNote].filter(Boolean).join(', ');
  return (detail.items ?? []).map((item) => `${item.quantity} × ${item.sku}`).join(', ');
}

function table(head: string[], rows: string[][]): string {
  if (rows.length === 0) return '<p>Nothing yet.</p>';
  const line = (cells: string[], tag: string) => `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${line(head, 'th')}</thead><tbody>${rows.map((row) => line(row, 'td')).join('')}</tbody></table>`;
}

const money = (minor: number, currency: string): string => escape(`${(minor / 100).toFixed(2)} ${currency}`);

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
:root { color-scheme: light dark; --paper: #fafaf9; --text: #1c1917; --line: #e7e5e4; --second: #57534e }
@media (prefers-color-scheme: dark) { :root { --paper: #0c0a09; --text: #fafaf9; --line: #44403c; --second: #a8a29e } }
body { background: var(--paper); color: var(--text); font: 14px/1.5 system-ui, sans-serif; margin: 0 }
main { max-width: 1100px; margin: 32px auto; padding: 0 16px; overflow-x: auto }
h1 { font-size: 20px } h2 { font-size: 14px; margin-top: 32px }
table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums }
th { text-align: left; color: var(--second); font-weight: 500 } th, td { padding: 6px 16px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top }
a { color: inherit } code { color: var(--second) }`;
