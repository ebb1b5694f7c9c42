/** Stops the run's databases. */
export default async function globalTeardown(): Promise<void> {
  await Promise.all([globalThis.testPostgres?.stop(), globalThis.testMariadb?.stop()]);
}
