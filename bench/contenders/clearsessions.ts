import { join } from 'node:path';
import type { Target } from '../engines/engine';
import type { EngineName } from '../entry';
import { said } from '../machine';
import type { Contender } from './contender';
import { runProgram } from './program';

/** Debian's own Python, which Debian's packages of Django and its drivers belong to. */
const PYTHON = '/usr/bin/python3';

const SCRIPT = join(__dirname, 'clearsessions.py');

const BACKENDS: Readonly<Record<EngineName, { backend: string; driver: string }>> = {
  postgresql: { backend: 'postgresql', driver: 'psycopg2' },
  mariadb: { backend: 'mysql', driver: 'MySQLdb' },
};

/** The database as an entry of Django's `DATABASES`. */
function settingsFor({ engine, cluster, database, superuser }: Target) {
  return {
    ENGINE: `django.db.backends.${BACKENDS[engine].backend}`,
    HOST: cluster.host,
    PORT: cluster.port,
    USER: superuser.username,
    PASSWORD: superuser.password,
    NAME: database,
  };
}

/** The version of Django; `undefined` if Django or its driver for this engine is not installed. */
export function djangoVersion(engine: EngineName): string | undefined {
  const { driver } = BACKENDS[engine];
  return said(PYTHON, '-c', `import django, ${driver}; print(django.get_version())`);
}

/** What to say when it is missing. */
export const getDjango = (engine: EngineName): string =>
  `clearsessions is missing; run apt-get install python3-django python3-${BACKENDS[engine].driver.toLowerCase()}`;

/** Django's own command. It uses the current time instead of the target's cutoff. */
export const CLEARSESSIONS: Contender = {
  name: 'clearsessions',
  purge: ({ target, signal }) =>
    runProgram({
      program: PYTHON,
      args: ['-B', SCRIPT],
      env: { BENCH_DATABASE: JSON.stringify(settingsFor(target)) },
      signal,
    }),
};
