import type { Client } from 'pg';
import { insertSessions } from '../../local/django-table';
import { formatInstant } from '../terminal/format';
import { heading, type Screen } from '../terminal/screen';
import { boxed } from '../terminal/tables';
import type { DemoSetup } from './demo-setup';

const NOW = new Date('2020-07-12T23:00:36Z');

const SESSIONS = [
  { sessionKey: '3dub24wutcq28y7lhgnfl2rasoy37646', expireDate: '2020-07-11 19:20:40+00' },
  { sessionKey: 'g7s29wnv45boguo5np33yroq61t4v9c2', expireDate: '2020-07-25 13:50:10+00' },
];

async function sessionTable(admin: Client): Promise<string> {
  const { rows } = await admin.query<{ session_key: string; expire_date: Date }>(
    'SELECT session_key, expire_date FROM django_session ORDER BY expire_date',
  );
  return boxed(
    ['session_key', 'expire_date'],
    rows.map((row) => [row.session_key, formatInstant(row.expire_date)]),
  );
}

/** Shows a table of two sessions, one of which has expired, before and after a purge. */
export async function showClassicExample(
  { admin, purgeFunction }: DemoSetup,
  screen: Screen,
): Promise<void> {
  const event = { cutoff: NOW.toISOString().replace('.000', '') };
  await insertSessions(admin, SESSIONS);
  heading(screen, `Two sessions on ${formatInstant(NOW)} (UTC)`);
  screen.line(await sessionTable(admin));
  await purgeFunction.purge(event);
  heading(screen, `The same table after the event ${JSON.stringify(event)}`);
  screen.line(await sessionTable(admin));
  await admin.query('TRUNCATE django_session');
}
