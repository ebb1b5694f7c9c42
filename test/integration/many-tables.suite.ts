import { randomUUID } from 'node:crypto';
import { isOfManyTables } from '../../contract/report';
import { checkUp } from '../support/checkup';
import type { Engine } from '../support/engines';
import { plainNames } from '../support/plain-names';
import { purgeBed } from '../support/purge-bed';

const TABLES = 600;

/** What only a user with more rights can see on MySQL, and what the planner does with a table of no rows. */
const UNSEEN = ['engine version', 'foreign keys', 'triggers', 'index used', 'size'];

/** A check-up of more tables than it could ask about one by one. */
export function describeManyTables(engine: Engine): void {
  const bed = purgeBed(engine);

  it('a check-up of 600 tables takes few statements, and tells what is wrong with which', async () => {
    // On MySQL the schemas of other tests are in sight.
    const table = `many_${randomUUID().slice(0, 8)}`;
    const schemas: string[] = [];
    for (let at = 0; at < TABLES; at += 1) {
      const schema = await bed.createSchema(`t${at}`);
      schemas.push(schema);
      await bed.createTable({ schema, table });
      await bed.grant({ schema, table });
    }
    const at = (place: number) => ({ schema: schemas[place] ?? '', table });
    const purger = engine.account('purger');
    await bed.query(`REVOKE DELETE ON ${bed.quoted(at(7))} FROM ${purger}`);
    await bed.query(`GRANT INSERT ON ${bed.quoted(at(333))} TO ${purger}`);
    await bed.query(engine.allowNull(bed.quoted(at(599))));

    const { report, finding, inState } = await checkUp(bed, { SESSION_PURGE_TABLES: `*.${table}` });

    const bad = report.findings.filter(
      (it) => (it.state === 'failing' || it.state === 'warning') && !isOfManyTables(it),
    );
    expect(bad.map(({ requirement }) => requirement).sort()).toEqual([
      `columns (${bed.reported(at(599))})`,
      `least privilege (${bed.reported(at(333))})`,
      `rights (${bed.reported(at(7))})`,
    ]);
    expect(finding(`rights (${bed.reported(at(7))})`)?.fix).toContain(
      plainNames(bed.quoted(at(7))),
    );
    // MySQL does not show the key of a table to a user with no right to the whole of it, nor any locks.
    const isMysql = engine.name === 'MySQL';
    expect(finding(`columns (${TABLES - (isMysql ? 2 : 1)} tables)`)?.state).toBe('ok');
    const unknown = inState('unknown').map((it) => it.replace(/ \(\d+ tables?\)$/, ''));
    expect(unknown.filter((it) => !UNSEEN.includes(it))).toEqual(
      isMysql ? ['time zone', 'columns', 'locks', 'backlog'] : ['backlog'],
    );
    expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThan(100_000);
    expect(bed.dataApi.calls.length).toBeLessThan(75);
  }, 120_000);
}
