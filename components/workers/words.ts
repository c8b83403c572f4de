/** How the page of workers writes sizes and counts. */
const MEGABYTE = 1_000_000;

/** '412 MB', '1.2 GB' */
export function memoryWords(bytes: number): string {
  const megabytes = bytes / MEGABYTE;
  return megabytes < 1_000 ? `${Math.round(megabytes)} MB` : `${(megabytes / 1_000).toFixed(1)} GB`;
}

/** 'no step', '1 step', '1,200 steps' */
export function perMinute(count: number, one: string, many: string): string {
  if (count === 0) return `no ${one}`;
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
