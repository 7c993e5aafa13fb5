/** How often a GET is sent at most. Nothing else is ever sent twice. */
export const attemptsOfGet = 3;

const firstDelay = 200;
const longestDelay = 10_000;

/** Whether the same GET may succeed in a moment. */
export function isPassing(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

/** How many milliseconds to wait after the attempt with this number, from 1. */
export function delayAfter(attempt: number, retryAfter: string | undefined, now = Date.now()): number {
  const told = toldDelay(retryAfter?.trim() ?? "", now);
  return told === undefined
    ? firstDelay * 2 ** (attempt - 1) * (0.5 + Math.random())
    : Math.min(Math.max(told, 0), longestDelay);
}

/** Reads `Retry-After`: whole seconds, or a date in one of the three forms of HTTP. */
function toldDelay(value: string, now: number): number | undefined {
  if (/^\d+$/.test(value)) {
    return Number(value) * 1000;
  }
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*[, ]/.test(value)) {
    return undefined; // Date.parse reads "1.5" and "-1" as dates.
  }
  const time = Date.parse(value.endsWith(" GMT") ? value : `${value} GMT`);
  return Number.isNaN(time) ? undefined : time - now;
}
