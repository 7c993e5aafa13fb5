/** Lets so many through at the same time; the others wait in line. */
export class Gate {
  #free: number;
  readonly #line = new Set<() => void>();

  constructor(places: number) {
    this.#free = places;
  }

  /** Takes a place, which must be left with {@link leave}, if one is free. */
  tryEnter(): boolean {
    if (this.#free === 0) {
      return false;
    }
    this.#free--;
    return true;
  }

  /** Waits in line for a place, which must be left with {@link leave}, unless the signal aborts first. */
  async enter(signal: AbortSignal | undefined): Promise<void> {
    const admitted = await new Promise<boolean>((resolve) => {
      const called = () => {
        signal?.removeEventListener("abort", givenUp);
        resolve(true);
      };
      const givenUp = () => {
        this.#line.delete(called);
        resolve(false);
      };
      this.#line.add(called);
      signal?.addEventListener("abort", givenUp, { once: true });
    });
    if (admitted && signal?.aborted === true) {
      this.leave(); // It aborted after the call, before this continued.
    }
    signal?.throwIfAborted();
  }

  /**
   * Gives the place to the next in line, in the event loop's next round: a connection whose answer was
   * just read is not free before, and the next request would open another one.
   */
  leave(): void {
    setImmediate(() => {
      for (const next of this.#line) {
        this.#line.delete(next);
        next();
        return;
      }
      this.#free++;
    });
  }
}
