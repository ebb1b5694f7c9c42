import { isJsonObject, mistakesInFields, unknownField } from '../../../contract/fields';
import { isTrueOrFalse, within } from '../../../contract/rule';

const RULES = { paused: isTrueOrFalse, ratio: within({ min: 0, max: 100, whole: false }) };

it.each([{}, { a: 1 }, JSON.parse('{"__proto__": 1}')])('takes %j for a JSON object', (value) => {
  expect(isJsonObject(value)).toBe(true);
});

it.each([null, undefined, [], [{}], '{}', 1, true])('takes %j for none', (value) => {
  expect(isJsonObject(value)).toBe(false);
});

it('names the first field that is not known', () => {
  expect(unknownField({ paused: true, Ratio: 1, other: 2 }, Object.keys(RULES))).toBe('Ratio');
  expect(unknownField(JSON.parse('{"__proto__": 1}'), Object.keys(RULES))).toBe('__proto__');
  expect(unknownField({ ratio: 1 }, Object.keys(RULES))).toBeUndefined();
});

it('tells each mistake with its field, in the order of the rules', () => {
  expect(mistakesInFields({ ratio: 101, paused: 'no' }, RULES)).toEqual([
    'paused must be true or false, got "no"',
    'ratio must be a number from 0 to 100, got 101',
  ]);
});

it('passes over fields that are not there, also those that every object inherits', () => {
  expect(mistakesInFields({}, { ...RULES, toString: isTrueOrFalse })).toEqual([]);
});
