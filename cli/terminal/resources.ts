/** What a run has started. It is undone when the run ends, in whatever way. */
export interface Resources {
  /**
   * Starts something and remembers how to undo it, also when the run ends while it is still starting. The signal
   * aborts when the run ends: a start that takes long can then give up.
   *
   * @throws {Error} once `release` was called
   */
  keep<T>(
    start: (signal: AbortSignal) => Promise<T>,
    undo: (started: T) => Promise<unknown>,
  ): Promise<T>;
  /**
   * Undoes everything, the last start first. Further calls wait for the first one. An `undo` that fails does not stop
   * the others.
   *
   * @throws {unknown} the first failure, after everything else was undone
   */
  release(): Promise<void>;
}

type Undo = () => Promise<unknown>;

async function undoAll(undos: readonly Undo[]): Promise<void> {
  const failures: unknown[] = [];
  for (const undo of undos) await undo().catch((failure) => failures.push(failure));
  if (failures.length > 0) throw failures[0];
}

/** Resources of a run that has started nothing yet. */
export function createResources(): Resources {
  const undos: Undo[] = [];
  const ending = new AbortController();
  let released: Promise<void> | undefined;
  return {
    async keep(start, undo) {
      if (released) throw new Error('the run has ended; nothing may start any more');
      const started = start(ending.signal);
      // A start that failed left nothing to undo. Its caller gets the error.
      undos.unshift(() => started.then(undo, () => {}));
      return started;
    },
    release() {
      ending.abort();
      released ??= undoAll(undos);
      return released;
    },
  };
}
