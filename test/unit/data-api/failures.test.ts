import * as sdk from '@aws-sdk/client-rds-data';
import { ANY_SQLSTATE } from '../../../lambda/data-api/database-failures';
import { FAILURES } from '../../../lambda/data-api/failures';
import { readFailure } from '../../../lambda/data-api/read-failure';
import { mysql } from '../../../lambda/database/mysql';
import { postgresql } from '../../../lambda/database/postgresql';
import { errorsOf } from '../../faults/errors';
import {
  MODELLED,
  FAILURES as ORACLE,
  remedyIn,
  SESSION_DATA,
  SESSION_KEY,
} from '../../faults/failures';
import { ADDRESSEE, failureOf } from '../../support/failed-call';

const ROWS = Object.values(ORACLE).flat();

const read = (error: Error) => readFailure(error, ADDRESSEE);

const CASES = ROWS.flatMap((row) =>
  errorsOf(row).map(
    (error, at) => [at === 0 ? row.see : `${row.see} (${at})`, error, row] as const,
  ),
);

describe('the table', () => {
  it.each(CASES)('knows %s', (_see, error, { kind, at, remedy }) => {
    expect(read(error)).toMatchObject({
      kind,
      at,
      remedy: remedy === null ? null : remedyIn(remedy, ADDRESSEE),
    });
  });

  it.each(CASES)('keeps session keys and data to itself: %s', (_see, error) => {
    const said = JSON.stringify(read(error));

    expect(said).not.toContain(SESSION_KEY);
    expect(said).not.toContain(SESSION_DATA.slice(1, 40));
  });

  const signs = FAILURES.filter(({ says }) => says === undefined).flatMap(({ on = '' }) =>
    on.split(' ').filter(Boolean),
  );

  it('has each sign once', () => {
    expect(signs.filter((sign, at) => signs.indexOf(sign) !== at)).toEqual([]);
  });

  it('has no sign that is not explained and tried', () => {
    const tried = CASES.map(([, error]) => read(error)).flatMap(
      ({ code, sqlState, errorNumber }) => [
        code,
        String(errorNumber),
        sqlState ?? '',
        sqlState?.slice(0, 2) ?? '',
        ...(sqlState === null ? [] : [ANY_SQLSTATE]),
      ],
    );
    // Names of these two kinds are many, and tried where a failure is read.
    const isNetwork = (sign: string) => /^E[A-Z_]+$/.test(sign);
    const untried = signs.filter((sign) => !tried.includes(sign) && !isNetwork(sign));

    // SQLSTATEs that MySQL sends with the numbers that are tried.
    expect(untried).toEqual(['42S02', '42S22', '45']);
  });

  it("has every exception of the service's model", () => {
    const modelled = Object.entries(sdk)
      .filter(([, value]) => (value as { prototype?: unknown }).prototype instanceof Error)
      .map(([name]) => name)
      .filter((name) => name !== sdk.RDSDataServiceException.name);

    expect(new Set(MODELLED.map(({ see }) => see.split(' ')[0]))).toEqual(new Set(modelled));
  });

  it.each([
    { dialect: postgresql, message: 'no; SQLState: 42501' },
    { dialect: mysql('UTC'), message: 'no; Error code: 1142; SQLState: 42000' },
  ])('names the rights that the first look asks for: $message', ({ dialect, message }) => {
    const [rights] = dialect.grant({ schema: 's', table: 't' }, 'u@h').split(' ON ');

    const { remedy } = failureOf('DatabaseErrorException', message);

    expect(remedy?.split(' on the table ')[0]).toBe(rights);
  });
});
