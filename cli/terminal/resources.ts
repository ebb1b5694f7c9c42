/** What a run has started, to be undone when it ends, however it ends. */
export interface Resources {
  /**
   * Starts something and remembers how to undo it, from the moment that it begins to start.
   *
   * @throws {Error} once `release` was called
   */
  keep<T>(start: () => Promise<T>, undo: (started: T) => Promise<unknown>): Promise<T>;
  /**
   * Undoes all of it, the last first, and once however often it is called; what fails to end does
   * not hold up the rest.
   *
   * @throws {unknown} the first such failure, once all the rest is undone
   */
  release(): Promise<void>;
}

type Undo = () => Promise<unknown>;

async function undoAll(undos: readonly Undo[]): Promise<void> {
  const failures: unknown[] = [];
  for (const undo of undos) await undo().catch((failure) => failures.push(failure));
  if (failures.length > 0) throw failures[0];
}

/** Nothing started yet. */
export function createResources(): Resources {
  const undos: Undo[] = [];
  let released: Promise<void> | undefined;
  return {
    async keep(start, undo) {
      if (released) throw new Error('the run has ended; nothing may start any more');
      const started = start();
      // What failed to start is told to who started it.
      undos.unshift(() => started.then(undo, () => {}));
      return started;
    },
    release() {
      released ??= undoAll(undos);
      return released;
    },
  };
}
