/** Waits for something that no event announces. @throws {Error} when it is not true within 20 s */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 20_000;
  while (!(await isTrue())) {
    if (Date.now() > deadlineMs) throw new Error(`waited 20 s in vain for: ${what}`);
    await new Promise(setImmediate);
  }
}
