import { join } from 'node:path';
import type { Target } from '../engines/engine';
import { said } from '../machine';
import type { EngineName } from '../options';
import type { Contender } from './contender';
import { runProgram } from './program';

/** Debian's, for which its packages install Django and the drivers. */
const PYTHON = '/usr/bin/python3';

const SCRIPT = join(__dirname, 'clearsessions.py');

const BACKENDS: Readonly<Record<EngineName, { backend: string; driver: string }>> = {
  postgresql: { backend: 'postgresql', driver: 'psycopg2' },
  mariadb: { backend: 'mysql', driver: 'MySQLdb' },
};

/** An entry of Django's `DATABASES`. */
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

/** Which Django is there with the driver of this engine; `undefined`: none. */
export function djangoVersion(engine: EngineName): string | undefined {
  const { driver } = BACKENDS[engine];
  return said(PYTHON, '-c', `import django, ${driver}; print(django.get_version())`);
}

/** How to get it. */
export const getDjango = (engine: EngineName): string =>
  `clearsessions is missing; run apt-get install python3-django python3-${BACKENDS[engine].driver.toLowerCase()}`;

/** Django's own command; it goes by the clock instead of the target's cutoff. */
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
