import { startMariadb } from '../../local/mariadb';
import { startPostgres } from '../../local/postgresql';

const STARTERS = { mariadb: startMariadb, postgresql: startPostgres };

/** Starts a server, prints where it listens, and ends as the argument says. */
async function main(kind: keyof typeof STARTERS, ending: string | undefined): Promise<void> {
  const signal = ending === 'abort' ? AbortSignal.timeout(100) : undefined;
  const { port, superuser, stop } = await STARTERS[kind](signal);
  process.stdout.write(`${JSON.stringify({ port, superuser })}\n`);
  if (ending === 'stop') await stop();
  if (ending === 'throw') setImmediate(() => fail());
  if (ending === 'wait') setInterval(() => {}, 60_000);
}

function fail(): never {
  throw new Error('the owner fails');
}

main(process.argv[2] as keyof typeof STARTERS, process.argv[3]).catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
