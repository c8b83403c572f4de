/** Saves a flow document as a JSON file in the browser. */
export function downloadJson(name: string, value: unknown): void {
  download(`${name}.flow.json`, new Blob([`${JSON.stringify(value, null, 2)}\n`], { type: 'application/json' }));
}

/** Saves a file in the browser. */
export function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
