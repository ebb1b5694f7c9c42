import type { Row } from '../../../lambda/data-api/rows';
import {
  childrenOf,
  distinctRows,
  inspectTables,
  tableOf,
} from '../../../lambda/database/inspection';
import { tableName } from '../../support/real-session-table';
import { FOUND, scriptedApi, toyDialect } from '../../support/toy-dialect';

const WANTED = [tableName('django_session'), tableName('*.django_session')];

const rows = (count: number, first = 0): Row[] =>
  Array.from({ length: count }, (_, at) => ({ ...FOUND, wanted: 1, schema: `s${first + at}` }));

describe('inspectTables', () => {
  async function inspect(...parts: Row[][]) {
    const api = scriptedApi(parts);
    const all = await inspectTables(api, toyDialect(), WANTED, false);
    return { all, sent: api.sent };
  }

  const FIRST = 'read toy: inspect [["django_session","*.django_session"]]';
  const nextPart = (at: number, schema: string) =>
    FIRST.replace(/]$/, `,${JSON.stringify({ at, schema })}]`);

  it('sends one statement for up to 399 tables', async () => {
    expect((await inspect(rows(399))).sent).toEqual([FIRST]);
  });

  it('asks for what comes after the last row of a full part', async () => {
    const { all, sent } = await inspect(rows(400), rows(400, 400), rows(3, 800));

    expect(sent).toEqual([FIRST, nextPart(1, 's399'), nextPart(1, 's799')]);
    expect(all.map(({ schema }) => schema)).toEqual(rows(803).map(({ schema }) => schema));
  });

  it('asks for more names than an engine takes at once in parts', async () => {
    const api = scriptedApi([[{ ...FOUND, wanted: 0 }], [{ ...FOUND, wanted: 0 }]]);

    const all = await inspectTables(api, { ...toyDialect(), namesAtOnce: 1 }, WANTED, false);

    expect(api.sent).toEqual(
      ['django_session', '*.django_session'].map((name) => `read toy: inspect [["${name}"]]`),
    );
    expect(all.map(({ wanted }) => wanted)).toEqual([0, 1]);
  });

  it('goes on after a table that was not found', async () => {
    const { sent } = await inspect([...rows(399), { ...FOUND, wanted: 1, schema: null }], []);

    expect(sent[1]).toBe(nextPart(1, ''));
  });
});

describe('distinctRows', () => {
  const named = { ...FOUND, wanted: 0 };
  const matched = { ...FOUND, wanted: 1 };

  it.each<[string, Row[]]>([
    ['first', [named, matched]],
    ['last', [matched, named]],
    ['in between', [matched, named, matched]],
  ])('keeps the row of a table by its own name: it comes %s', (_name, given) => {
    expect(distinctRows(given, WANTED)).toEqual([named]);
  });

  it('keeps the order in which the tables came', () => {
    const given = [matched, ...rows(2), named];

    expect(distinctRows(given, WANTED)).toEqual([named, ...rows(2)]);
  });

  it('keeps each name that was not found', () => {
    const given = [0, 1].map((wanted) => ({ wanted, schema: null }));

    expect(distinctRows(given, WANTED)).toEqual(given);
  });
});

describe('the tables of a row', () => {
  it('are its own, if it was found, and those below it', () => {
    expect(tableOf(FOUND)).toEqual({ schema: 'public', table: 'django_session' });
    expect(tableOf({ ...FOUND, schema: null })).toBeNull();
    expect(childrenOf({ children: '[["a", "b"], ["c", "d", true]]' })).toEqual([
      { schema: 'a', table: 'b', isForeign: false },
      { schema: 'c', table: 'd', isForeign: true },
    ]);
  });
});
