/**
 * Aborted by SIGTERM and SIGINT.
 *
 * The kernel drops a signal to process 1 that has no handler for it, so this
 * module comes before all others: one that arrives while they are loaded is
 * kept, and the service stops as soon as it can look.
 */
const controller = new AbortController();

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(signal, () => {
    controller.abort();
  });
}

export const stopSignal = controller.signal;
