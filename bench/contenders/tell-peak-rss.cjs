/** Loaded before the function: answers SIGUSR2 with one line of JSON. */
process.on('SIGUSR2', () => {
  const peakRssKB = process.resourceUsage().maxRSS;
  process.stdout.write(`${JSON.stringify({ peakRssKB })}\n`);
});
