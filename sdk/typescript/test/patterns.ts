/** What vectors leave open: `$any` and `$has`. */

/** A wanted value whose patterns are replaced by what was got, where it fits them. */
export function settled(want: unknown, got: unknown): unknown {
  if (Array.isArray(want)) {
    return want.map((item, index) => settled(item, Array.isArray(got) ? got[index] : undefined));
  }
  if (typeof want !== "object" || want === null) {
    return want;
  }
  if ("$any" in want || "$has" in want) {
    return fits(want, got) ? got : want;
  }
  const of = typeof got === "object" && got !== null ? (got as Record<string, unknown>) : {};
  return Object.fromEntries(Object.entries(want).map(([name, field]) => [name, settled(field, of[name])]));
}

function fits(pattern: { $any?: unknown; $has?: unknown }, got: unknown): boolean {
  if (Array.isArray(pattern.$has)) {
    return typeof got === "string" && pattern.$has.every((part: string) => got.includes(part));
  }
  switch (pattern.$any) {
    case "text":
      return typeof got === "string" && got !== "";
    case "number":
      return typeof got === "number";
    case "time":
      return typeof got === "string" && !Number.isNaN(Date.parse(got));
    default:
      return pattern.$any === "value" && got !== undefined;
  }
}
