import { stripVTControlCharacters } from 'node:util';
import { findingsText } from '../../../cli/doctor/findings-text';
import { type Finding, ofManyTables } from '../../../contract/report';
import { failing, ofTable, ok, warning } from '../../../lambda/checkup/findings';

const printed = (findings: readonly Finding[]) =>
  stripVTControlCharacters(findingsText(findings, 'failing', 120))
    .split('\n')
    .map((line) => line.trimEnd());

const cells = (line: string) =>
  line
    .split('│')
    .map((cell) => cell.trim())
    .filter(Boolean);

const TENANTS = ['a', 'b', 'c', 'd'].map((tenant) => `${tenant}.django_session`);

const lacksDelete = TENANTS.map((table) =>
  failing(ofTable('rights', table), 'user "purger" lacks DELETE', `GRANT DELETE ON ${table}`),
);

it('tells what is of no table, then each table, then what stands for many tables', () => {
  const lines = printed([
    ok(ofManyTables('table', 7), 'a.django_session: is there; the others likewise'),
    ...lacksDelete.slice(0, 1),
    ok('secret', 'readable'),
  ]);

  expect(lines.filter((line) => line.includes('│')).map(cells)).toEqual([
    ['state', 'requirement', 'found'],
    ['ok', 'secret', 'readable'],
    ['a.django_session'],
    ['failing', 'rights', 'user "purger" lacks DELETE'],
    ['of many tables, each with its first table as an example'],
    ['ok', 'table (7 tables)', 'a.django_session: is there; the others likewise'],
  ]);
});

it('puts the fixes of one requirement together, each on its line', () => {
  const lines = printed(lacksDelete);

  expect(lines.slice(lines.indexOf('What to do'), -1)).toEqual([
    'What to do',
    '',
    '   rights (4 tables)',
    ...TENANTS.map((table) => `      GRANT DELETE ON ${table}`),
    '',
  ]);
});

it('names a requirement of a table once, whatever is wrong with it', () => {
  const columns = ofTable('columns', 'a.old');
  const lines = printed([
    failing(columns, 'no key', 'ADD PRIMARY KEY'),
    warning(columns, 'takes NULL', 'SET NOT NULL'),
    failing(ofTable('columns', 'b.old'), 'no key', 'ADD PRIMARY KEY to b'),
    warning(ofTable('columns', 'b.old'), 'takes NULL', 'SET NOT NULL in b'),
  ]);

  expect(lines.slice(lines.indexOf('What to do'), -1)).toEqual([
    'What to do',
    '',
    '   columns (a.old), columns (b.old)',
    ...['ADD PRIMARY KEY', 'ADD PRIMARY KEY to b', 'SET NOT NULL', 'SET NOT NULL in b'].map(
      (fix) => `      ${fix}`,
    ),
    '',
  ]);
});

it('names the tables where they are few, and what one fix mends', () => {
  const together = 'make the purge a user of its own';
  const lines = printed([
    warning('timeouts', 'off', together),
    warning('planner settings', 'on', together),
    ...lacksDelete.slice(0, 2),
  ]);

  expect(lines.slice(lines.indexOf('What to do'), -1)).toEqual([
    'What to do',
    '',
    '   rights (a.django_session), rights (b.django_session)',
    '      GRANT DELETE ON a.django_session',
    '      GRANT DELETE ON b.django_session',
    '',
    '   timeouts, planner settings',
    `      ${together}`,
    '',
  ]);
});
