import { ruleOf } from '../../../contract/setting-kinds';
import { TUNABLE_SETTINGS } from '../../../contract/settings';
import { SettingsError } from '../../../lambda/errors';
import { NO_CONTROL, parseControl, readControl } from '../../../lambda/input/control';
import { settingCases } from '../../support/setting-cases';

const TUNABLE = Object.fromEntries(TUNABLE_SETTINGS);

const KNOWN = `known are paused, note, ${Object.keys(TUNABLE).join(', ')};`;

const NAME = '/shop/purge';
const REMEDY = 'mend it, {} changes nothing and {"paused": true} switches the purge off';

function refusal(text: string): string {
  try {
    parseControl(NAME, text);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('the parameter was accepted');
}

describe('parseControl', () => {
  it('takes nothing for no change', () => {
    expect(parseControl(NAME, '{}')).toEqual(NO_CONTROL);
  });

  it('takes all that may be said', () => {
    const text = `{
      "paused": true, "note": "migration until Friday, ask Ana",
      "graceSeconds": 0, "targetBatchMs": 10, "pauseRatio": 1.5, "maxBatchSize": 100000
    }`;

    expect(parseControl(NAME, text)).toEqual({
      paused: true,
      note: 'migration until Friday, ask Ana',
      overrides: { graceSeconds: 0, targetBatchMs: 10, pauseRatio: 1.5, maxBatchSize: 100_000 },
    });
  });

  it('overrides what is named and nothing else', () => {
    expect(parseControl(NAME, '{"paused": false, "pauseRatio": 2}')).toEqual({
      paused: false,
      note: null,
      overrides: { pauseRatio: 2 },
    });
  });

  it.each([
    ['', 'a text of 0 characters that is no JSON'],
    ['paused', 'a text of 6 characters that is no JSON'],
    ['{"paused": true', 'a text of 15 characters that is no JSON'],
    ['null', 'null'],
    ['true', 'a boolean'],
    ['[]', 'a list'],
    ['"off"', 'a string'],
  ])('refuses what is no object: %j', (text, got) => {
    expect(refusal(text)).toBe(
      `control parameter "${NAME}" must be a JSON object, got ${got}; nothing was deleted; ${REMEDY}`,
    );
  });

  it('shows nothing of a text that may be a secret, named by mistake', () => {
    const secret = 'hunter2-swordfish';

    expect(refusal(secret)).not.toContain('hunter2');
    expect(refusal(JSON.stringify(secret))).not.toContain('hunter2');
    expect(refusal(JSON.stringify({ username: 'purger', password: secret }))).not.toContain(
      'hunter2',
    );
  });

  it.each([
    ['{"Paused": true}', '"Paused"', 'did you mean "paused"?'],
    ['{"graceSecond": 1}', '"graceSecond"', 'did you mean "graceSeconds"?'],
    ['{"tables": ["x"]}', '"tables"', 'tables is a setting: give it with a deployment;'],
    ['{"grace_seconds": 1}', '"grace_seconds"', 'did you mean "graceSeconds"?'],
    ['{"__proto__": {"paused": true}}', '"__proto__"', KNOWN],
  ])('refuses a key that it does not know: %s', (text, key, advice) => {
    expect(refusal(text)).toBe(
      `control parameter "${NAME}" has an unknown key ${key}; ${advice} nothing was deleted; ${REMEDY}`,
    );
  });

  it.each([
    ['{"paused": "true"}', 'paused must be true or false, got "true"'],
    ['{"paused": null}', 'paused must be true or false, got null'],
    ['{"note": 7}', 'note must be a text of at most 500 characters, got 7'],
    [
      '{"graceSeconds": "0"}',
      'graceSeconds must be a whole number of seconds from 0 to 315360000, got "0"',
    ],
    ['{"pauseRatio": 1e9}', 'pauseRatio must be a number from 0 to 100, got 1000000000'],
    [
      '{"maxBatchSize": 0, "paused": 1}',
      'paused must be true or false, got 1; maxBatchSize must be a whole number from 1 to 100000, got 0',
    ],
  ])('refuses a value beyond its limits: %s', (text, mistakes) => {
    expect(refusal(text)).toBe(
      `control parameter "${NAME}" is not valid: ${mistakes}; nothing was deleted; ${REMEDY}`,
    );
  });

  const cases = settingCases(TUNABLE);

  it.each(cases)('takes $name in its range and refuses it beyond', (each) => {
    const { name, setting, taken, refused } = each;
    for (const value of taken) {
      const { overrides } = parseControl(NAME, JSON.stringify({ [name]: value }));
      expect(overrides).toEqual({ [name]: value });
    }
    for (const value of [...refused, null, true, '1', [1]]) {
      expect(refusal(JSON.stringify({ [name]: value }))).toContain(
        `is not valid: ${name} ${ruleOf(setting).demand}, got ${JSON.stringify(value)}; nothing`,
      );
    }
  });

  it('takes a note of 500 characters and none longer', () => {
    const note = 'x'.repeat(500);

    expect(parseControl(NAME, JSON.stringify({ note })).note).toBe(note);
    expect(refusal(JSON.stringify({ note: `${note}x` }))).toContain('at most 500 characters');
  });
});

describe('readControl', () => {
  const failing = (name: string, message = 'no') => ({
    read: async () => {
      throw Object.assign(new Error(message), { name });
    },
  });

  it('asks nobody where no parameter is configured', async () => {
    expect(await readControl(null, failing('Error'))).toEqual(NO_CONTROL);
  });

  it('reads the parameter by its name', async () => {
    const read = async (name: string) => JSON.stringify({ note: `of ${name}` });

    expect(await readControl(NAME, { read })).toMatchObject({ note: `of ${NAME}` });
  });

  const AGAIN = 'the next run asks again; if this stays, check that the function can reach SSM';

  it.each([
    ['ParameterNotFound', 'create it with the value {}, or unset SESSION_PURGE_CONTROL_PARAMETER'],
    ['AccessDeniedException', "the function's role needs ssm:GetParameter on it"],
    ['ThrottlingException', AGAIN],
    ['TimeoutError', AGAIN],
    ['toString', AGAIN],
  ])('refuses to go on when it cannot be read: %s', async (name, remedy) => {
    await expect(readControl(NAME, failing(name, 'told why'))).rejects.toMatchObject({
      name: 'SettingsError',
      message: `control parameter "${NAME}" could not be read: ${name}: told why; nothing was deleted; ${remedy}`,
    });
  });

  it.each(['', 'UnknownError'])(
    'says no more than the name of an error that says %j',
    async (of) => {
      await expect(readControl(NAME, failing('ParameterNotFound', of))).rejects.toThrow(
        'could not be read: ParameterNotFound; nothing was deleted',
      );
    },
  );

  it('refuses to go on when it cannot be understood', async () => {
    const read = async () => '{"paused": 1}';

    await expect(readControl(NAME, { read })).rejects.toBeInstanceOf(SettingsError);
  });
});
