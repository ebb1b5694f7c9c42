import * as fc from 'fast-check';
import { ruleOf } from '../../contract/setting-kinds';
import { SETTINGS, TUNABLE_SETTINGS, type TunableName } from '../../contract/settings';
import { SettingsError } from '../../lambda/errors';
import { type Control, parseControl } from '../../lambda/input/control';

const KEYS = ['paused', 'note', ...TUNABLE_SETTINGS.map(([name]) => name)];

const value = fc.oneof(
  fc.boolean(),
  fc.double(),
  fc.integer({ min: -10, max: 1_000_000_000 }),
  fc.integer({ min: 0, max: 100 }),
  fc.jsonValue(),
);
const control = fc.dictionary(fc.constantFrom(...KEYS, ...KEYS, 'Paused', '__proto__'), value);

/** JSON that is a control, is nearly one, or is anything; and texts that are no JSON. */
const text = fc.oneof(
  control.map((given) => JSON.stringify(given)),
  fc.json(),
  fc.string(),
);

function isSound({ paused, note, overrides }: Control): boolean {
  return (
    typeof paused === 'boolean' &&
    (note === null || note.length <= 500) &&
    Object.entries(overrides).every(([name, value]) => {
      const setting = SETTINGS[name as TunableName];
      return setting.isTunable && ruleOf(setting).holds(value);
    })
  );
}

describe('any text of the control parameter', () => {
  it('is understood to the last key, or refused with the word that nothing was deleted', () => {
    return fc.assert(
      fc.property(text, (given) => {
        try {
          const read = parseControl('/shop/purge', given);

          expect(isSound(read)).toBe(true);
          const { paused, note, overrides } = read;
          const said = { paused, ...(note !== null && { note }), ...overrides };
          expect(said).toEqual({ paused: false, ...JSON.parse(given) });
        } catch (error) {
          if (!(error instanceof SettingsError)) throw error;
          expect(error.message).toContain('nothing was deleted');
        }
      }),
      { numRuns: 2000 },
    );
  });
});
