import { adviceOn, fitting, nearestName, numbered, onLines, shown } from '../../../contract/text';

describe('shown', () => {
  it.each<[unknown, string]>([
    ['text', '"text"'],
    [0, '0'],
    [null, 'null'],
    [undefined, 'undefined'],
    [{ a: [1] }, '{"a":[1]}'],
    ['x'.repeat(198), `"${'x'.repeat(198)}"`],
    ['x'.repeat(199), `"${'x'.repeat(199)}...`],
  ])('writes %j as JSON of 200 characters at most', (value, expected) => {
    expect(shown(value)).toBe(expected);
  });

  it.each([
    ['a deep list', '[', '', ']'],
    ['a deep object', '{"a":', '1', '}'],
  ])('writes %s for a value that JSON cannot be written of', (expected, open, inside, close) => {
    const value = JSON.parse(open.repeat(100_000) + inside + close.repeat(100_000));

    expect(shown(value)).toBe(expected);
  });
});

describe('the nearest known name', () => {
  const KNOWN = ['dryRun', 'cutoff', 'maxRows', 'clusterArn'];

  it.each([
    ['dryrun', 'dryRun'],
    ['dry_run', 'dryRun'],
    ['DRYRUN', 'dryRun'],
    ['maxr', 'maxRows'],
    ['clusterARN', 'clusterArn'],
    ['cluster', 'clusterArn'],
  ])('to %s is %s', (unknown, nearest) => {
    expect(nearestName(unknown, KNOWN)).toBe(nearest);
    expect(adviceOn(unknown, KNOWN)).toBe(`did you mean "${nearest}"?`);
    expect(adviceOn(unknown, KNOWN, 'stop')).toBe(`did you mean "${nearest}"? stop`);
  });

  it.each(['', 'limit', 'toString', 'x'.repeat(1_000_000), `dryRun${' '.repeat(40)}`])(
    'is none where nothing is similar',
    (unknown) => {
      const all = 'known are dryRun, cutoff, maxRows, clusterArn';

      expect(nearestName(unknown, KNOWN)).toBeUndefined();
      expect(adviceOn(unknown, KNOWN)).toBe(all);
      expect(adviceOn(unknown, KNOWN, 'stop')).toBe(`${all}; stop`);
    },
  );

  it('is none where no name is known', () => {
    expect(nearestName('dryRun', [])).toBeUndefined();
  });
});

describe('a numbered list', () => {
  const message = `2 are bad: ${numbered(['one (1) of them; mend it', 'two (5 rows)'])}; and 3 more`;

  it('is one line, for what is shown as JSON', () => {
    expect(message).toBe('2 are bad: (1) one (1) of them; mend it; (2) two (5 rows); and 3 more');
  });

  it('has a line for each item on a terminal', () => {
    expect(onLines(message)).toBe(
      '2 are bad:\n   (1) one (1) of them; mend it;\n   (2) two (5 rows); and 3 more',
    );
    expect(onLines('no (3) list')).toBe('no (3) list');
  });
});

describe('fitting', () => {
  it.each([
    [100, ['one', 'two', 'three']],
    [20, ['one', 'two', 'three']],
    [19, ['one', 'two']],
    [12, ['one', 'two']],
    [11, ['one']],
    [5, []],
  ])('takes as many items as %d bytes of JSON have room for', (maxBytes, expected) => {
    expect(fitting(['one', 'two', 'three'], maxBytes)).toEqual(expected);
  });

  it('counts bytes, not characters', () => {
    expect(fitting(['éé', 'x'], 7)).toEqual(['éé']);
    expect(fitting(['éé', 'x'], 6)).toEqual([]);
  });
});
