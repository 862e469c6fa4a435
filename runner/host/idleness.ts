// Notices when a runner has had nothing to do for long enough to end by itself.

const patienceMs = 10 * 60_000;
const lookEveryMs = 30_000;

/** Calls `onIdle` once, after `isIdle` has held at every look for ten minutes. Disposing ends the watch. */
export function watchIdleness(isIdle: () => boolean, onIdle: () => void): Disposable {
  let idleMs = 0;
  const timer = setInterval(() => {
    idleMs = isIdle() ? idleMs + lookEveryMs : 0;
    if (idleMs < patienceMs) return;
    clearInterval(timer);
    onIdle();
  }, lookEveryMs);
  timer.unref();
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}
