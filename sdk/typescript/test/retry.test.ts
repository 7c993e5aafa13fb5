import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { delayAfter } from "../src/retry.js";

describe("the delay before the next attempt", () => {
  const now = Date.UTC(2026, 5, 1, 12, 0, 0);
  const told: [string, number][] = [
    ["0", 0],
    ["3", 3_000],
    ["10", 10_000],
    ["11", 10_000],
    ["99999999999999999999999", 10_000],
    ["Mon, 01 Jun 2026 12:00:04 GMT", 4_000],
    ["Monday, 01-Jun-26 12:00:04 GMT", 4_000],
    ["Mon Jun  1 12:00:04 2026", 4_000],
    ["Mon, 01 Jun 2026 13:00:00 GMT", 10_000],
    ["Wed, 21 Oct 2015 07:28:00 GMT", 0],
  ];
  for (const [header, delay] of told) {
    test(`is what Retry-After tells: ${header}`, () => {
      assert.equal(delayAfter(1, header, now), delay);
    });
  }

  for (const header of [undefined, "", "soon", "-1", "1.5", "Monday", "2026-06-01", "Sun, 99 Foo 2026"]) {
    test(`is 200 ms, then 400 ms, half to one and a half times: ${String(header)}`, () => {
      for (let round = 0; round < 100; round++) {
        const first = delayAfter(1, header, now);
        const second = delayAfter(2, header, now);
        assert.ok(first >= 100 && first < 300 && second >= 200 && second < 600);
      }
    });
  }
});
