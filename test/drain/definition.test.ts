import { STOP_REASONS } from '../../contract/report';
import { readRequest } from '../../lambda/input/request';
import { drainDefinition } from '../../lib/drain/definition';

// It has no types.
const validate: (definition: object) => { isValid: boolean } = require('asl-validator');

const definition = () =>
  structuredClone(
    drainDefinition({
      partition: 'aws',
      functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:purge',
      patienceSeconds: 600,
      timeoutSeconds: 1_209_600,
    }),
  ) as { StartAt: string; States: Record<string, Record<string, unknown>> } & Record<
    string,
    unknown
  >;

describe('the definition', () => {
  it('is one of the Amazon States Language with JSONata', () => {
    expect(validate(definition())).toMatchObject({ isValid: true, errors: [] });
  });

  it('would not be with a state that is missing, or a text that is no JSONata', () => {
    const missing = definition();
    delete missing.States.Drained;
    const wrong = definition();
    Object.assign(wrong.States.Progress as object, { Output: { round: '{% $rounds\n%}' } });

    expect(validate(missing).isValid).toBe(false);
    expect(validate(wrong).isValid).toBe(false);
  });

  it('fits the 1 MB of a state machine by far', () => {
    expect(Buffer.byteLength(JSON.stringify(definition()))).toBeLessThan(16_000);
  });

  it('has a branch for each reason for which a round may end', () => {
    const { Choices } = definition().States['What next?'] as unknown as {
      Choices: { Condition: string }[];
    };
    const branches = Choices.flatMap(
      ({ Condition }) => /^\{% \$ended = '(.*)' %\}$/.exec(Condition)?.[1] ?? [],
    );

    expect(branches.sort()).toEqual(
      [...Object.keys(STOP_REASONS), 'no report', 'refused', 'throttled'].sort(),
    );
  });

  it('sends events that the function takes, and no cutoff, which would spare the look at the clocks', () => {
    const tasks = Object.values(definition().States).filter(({ Type }) => Type === 'Task');
    const events = tasks.map(({ Arguments }) => (Arguments as { Payload: object }).Payload);

    expect(events).toHaveLength(3);
    for (const event of events) {
      expect(readRequest(event, [])).toMatchObject({ alwaysReports: true, cutoff: null });
    }
    expect(readRequest({ report: 'always', maxSeconds: 300 }, [])).toMatchObject({
      isRoutine: true,
    });
    expect(events).toContainEqual({ report: 'always', maxSeconds: 300 });
  });
});
