import { pino, type Logger } from "pino";

/** Other names of pino's levels. */
const aliases: Readonly<Record<string, string>> = {
  warning: "warn",
  critical: "fatal",
};

/** One line of JSON for each record, on stdout. */
export function createLogger(levelName = "info"): Logger {
  const name = levelName.toLowerCase();
  const level = aliases[name] ?? name;
  const known = level === "silent" || level in pino.levels.values;
  const log = pino({
    level: known ? level : "info",
    base: null,
    formatters: { level: (label) => ({ level: label }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
  });
  if (!known) {
    log.warn({ LOG_LEVEL: levelName }, "unknown log level, logging at info");
  }
  return log;
}
