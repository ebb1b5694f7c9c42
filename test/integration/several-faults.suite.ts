import type { State } from '../../contract/report';
import { checkUp } from '../support/checkup';
import type { Engine } from '../support/engines';
import { purgeBed } from '../support/purge-bed';

/** Something that is wrong with a table. */
export interface Fault {
  readonly requirement: string;
  /** What the check-up says of it, whatever else is wrong. */
  readonly state: State;
  readonly statements: readonly string[];
}

/** A fault with which a run leaves the table alone. */
export interface Blocker extends Fault {
  readonly name: string;
  /** Others that cannot be beside it, or of which the user is told something else. */
  readonly but?: Readonly<Record<string, State | null>>;
}

/** What is wrong with a table is told at once, or unknown, whatever else keeps a run from it: nothing of it is ok. */
export function describeSeveralFaults(
  engine: Engine,
  blockers: readonly Blocker[],
  faults: readonly Fault[],
): void {
  const bed = purgeBed(engine);

  it.each(blockers)(
    'all that is wrong is told at once, and what was not asked is unknown: $name',
    async ({ requirement, state, statements, but = {} }) => {
      await bed.insert([{ sessionKey: 'live', expireDate: '2096-07-25T13:50:10Z' }]);
      const beside = faults.filter((it) => but[it.requirement] !== null);
      for (const fault of beside) for (const sql of fault.statements) await bed.query(sql);
      for (const sql of statements) await bed.query(sql);

      const { report } = await checkUp(bed);

      const statesOf = (of: string) =>
        report.findings.filter((it) => it.requirement.split(' (')[0] === of).map((it) => it.state);
      const found = beside.map((it) => [it.requirement, statesOf(it.requirement)]);
      expect(found).toEqual(
        beside.map((it) => [
          it.requirement,
          it.requirement === requirement ? [state, it.state] : [but[it.requirement] ?? it.state],
        ]),
      );
      expect(statesOf(requirement)).toContain(state);
      for (const of of ['index used', 'backlog'])
        expect([of, statesOf(of)]).toEqual([of, ['unknown']]);
    },
  );
}

/** Without an index, with an `expire_date` that may be NULL and with a right too many. */
export const COMMON_FAULTS = (engine: Engine, index: State): readonly Fault[] => [
  {
    requirement: 'index on expire_date',
    state: index,
    statements: [engine.dropIndex('django_session_expire_date_a5c62663')],
  },
  {
    requirement: 'columns',
    state: 'warning',
    statements: [engine.allowNull('django_session')],
  },
  {
    requirement: 'least privilege',
    state: 'warning',
    statements: [`GRANT INSERT ON django_session TO ${engine.account('purger')}`],
  },
];
