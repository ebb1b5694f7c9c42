import { startPostgres } from '../../local/postgresql';

/** A process that owns a PostgreSQL, says where it is, and ends as its argument says. */
async function main(ending: string | undefined): Promise<void> {
  const { port, superuser, stop } = await startPostgres();
  process.stdout.write(`${JSON.stringify({ port, superuser })}\n`);
  if (ending === 'stop') await stop();
  if (ending === 'throw') setImmediate(() => fail());
  if (ending === 'wait') setInterval(() => {}, 60_000);
}

function fail(): never {
  throw new Error('the owner fails');
}

main(process.argv[2]).catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
