import {
  count,
  flag,
  onlyRow,
  optionalText,
  type Row,
  text,
  type Value,
} from '../../../lambda/data-api/rows';

type Reader = (row: Row, column: string) => unknown;

const row = (value: Value): Row => ({ column: value });

const unexpected = (problem: string) =>
  expect.objectContaining({ name: 'DatabaseError', message: `unexpected answer: ${problem}` });

describe('a column that holds what it should', () => {
  it.each<[string, Reader, Value, unknown]>([
    ['text', text, 'a', 'a'],
    ['text', text, '', ''],
    ['count', count, 0, 0],
    ['count', count, 5_000_000_000, 5_000_000_000],
    ['flag', flag, true, true],
    ['flag', flag, false, false],
    ['flag', flag, 1, true],
    ['flag', flag, 0, false],
    ['optionalText', optionalText, 'a', 'a'],
    ['optionalText', optionalText, null, null],
  ])('is read as %s', (_name, read, value, expected) => {
    expect(read(row(value), 'column')).toEqual(expected);
  });
});

describe('a column of another shape', () => {
  it.each<[string, Reader, Value, string]>([
    ['text', text, 1, 'must be text, got number'],
    ['text', text, null, 'must be text, got null'],
    ['count', count, '1', 'must be a count, got string'],
    ['count', count, -1, 'must be a count, got number'],
    ['count', count, 1.5, 'must be a count, got number'],
    ['count', count, 2 ** 53, 'must be a count, got number'],
    ['count', count, null, 'must be a count, got null'],
    ['flag', flag, 2, 'must be a truth value, got number'],
    ['flag', flag, -1, 'must be a truth value, got number'],
    ['flag', flag, 0.5, 'must be a truth value, got number'],
    ['flag', flag, '1', 'must be a truth value, got string'],
    ['flag', flag, 'true', 'must be a truth value, got string'],
    ['flag', flag, null, 'must be a truth value, got null'],
    ['optionalText', optionalText, 1, 'must be text, got number'],
  ])('is refused as %s without its value', (_name, read, value, problem) => {
    expect(() => read(row(value), 'column')).toThrow(unexpected(`column "column" ${problem}`));
  });

  it.each<[string, Reader, string]>([
    ['text', text, 'text'],
    ['count', count, 'a count'],
    ['flag', flag, 'a truth value'],
    ['optionalText', optionalText, 'text'],
  ])('is refused as %s when it is missing', (_name, read, type) => {
    expect(() => read({}, 'column')).toThrow(
      unexpected(`column "column" must be ${type}, got undefined`),
    );
  });
});

describe('onlyRow', () => {
  it('gives the one row', () => {
    expect(onlyRow([row(1)])).toEqual({ column: 1 });
  });

  it.each([
    ['no row', [], 0],
    ['two rows', [row(1), row(2)], 2],
  ])('refuses %s', (_name, rows, length) => {
    expect(() => onlyRow(rows)).toThrow(unexpected(`must be one row, got ${length}`));
  });
});
