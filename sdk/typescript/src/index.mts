// The same classes for import as for require, so that instanceof holds where a program uses both.
export * from "./index.js";
