/** Loaded before the function. Writes one line of JSON to stdout on SIGUSR2. */
process.on('SIGUSR2', () => {
  const peakRssKB = process.resourceUsage().maxRSS;
  process.stdout.write(`${JSON.stringify({ peakRssKB })}\n`);
});
