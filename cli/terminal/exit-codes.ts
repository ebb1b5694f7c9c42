/** What the process ends with when it is not interrupted; a signal adds its number to 128. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;
