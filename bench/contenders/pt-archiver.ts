import { writeFileSync } from 'node:fs';
import { asText, type Target } from '../engines/engine';
import { said } from '../machine';
import { scratchPath } from '../scratch';
import type { Contender } from './contender';
import { runProgram } from './program';

const PROGRAM = 'pt-archiver';

/** The version of the Percona Toolkit; `undefined` if it is not installed. */
export const ptArchiverVersion = (): string | undefined =>
  said(PROGRAM, '--version')?.split(' ').at(-1);

export const GET_PT_ARCHIVER = 'pt-archiver is missing; run apt-get install percona-toolkit';

/** Its fastest mode: one statement for each chunk of 5000 rows, reading only the index. */
const OPTIONS = ['--purge', '--primary-key-only', '--bulk-delete', '--limit=5000', '--commit-each'];
const NO_QUESTIONS = ['--no-check-charset', '--no-version-check'];

/** Writes the login to a file, because the list of processes would show a password among the arguments. */
function loginFile({ superuser }: Target): string {
  const path = scratchPath('login.cnf');
  const { username, password } = superuser;
  writeFileSync(path, `[client]\nuser=${username}\npassword=${password}\n`, { mode: 0o600 });
  return path;
}

function along(index: string, name: string): Contender {
  return {
    name: `pt-archiver, ${name}`,
    purge({ target, signal }) {
      const { host, port } = target.cluster;
      const login = `F=${loginFile(target)},h=${host},P=${port}`;
      const source = `${login},D=${target.database},t=django_session,i=${index}`;
      const where = `expire_date < '${asText(target.cutoff)}'`;
      const args = ['--source', source, '--where', where, ...OPTIONS, ...NO_QUESTIONS];
      return runProgram({ program: PROGRAM, args, signal });
    },
  };
}

/** Percona's tool for MySQL, along each of the two indexes, because which one is faster depends on the table. */
export const PT_ARCHIVERS: readonly Contender[] = [
  along('PRIMARY', 'primary key'),
  along('django_session_expire_date_a5c62663', 'expire_date'),
];
