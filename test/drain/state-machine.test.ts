import { runStateMachine, type StateMachineWorld } from '../../local/state-machine';

const pass = (more: object = {}) => ({ Type: 'Pass', Next: 'Done', ...more });
const task = (more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'purge', Payload: {} },
  TimeoutSeconds: 60,
  Next: 'Done',
  ...more,
});
const done = (output: unknown = '{% $states.input %}') => ({ Type: 'Succeed', Output: output });

const machine = (States: object, more: object = {}) =>
  JSON.stringify({
    QueryLanguage: 'JSONata',
    StartAt: Object.keys(States)[0],
    TimeoutSeconds: 1000,
    States,
    ...more,
  });

function run(states: object, given: Partial<StateMachineWorld> = {}, input?: unknown) {
  let nowMs = 0;
  const world: StateMachineWorld = {
    invoke: async () => ({ result: 'answer' }),
    now: () => new Date(nowMs),
    async wait(seconds) {
      nowMs += 1000 * seconds;
    },
    ...given,
  };
  return runStateMachine(machine(states), world, input);
}

describe('an execution', () => {
  it('shows in Output, and reads in Assign, the values at the entry of the state', async () => {
    const states = {
      First: { ...pass({ Assign: { a: 1, b: 2 } }), Next: 'Second' },
      Second: pass({ Assign: { a: '{% $b %}', b: '{% $a %}' }, Output: ['{% $a %}', '{% $b %}'] }),
      Done: done({ shown: '{% $states.input %}', a: '{% $a %}', b: '{% $b %}' }),
    };

    expect(await run(states)).toEqual({
      status: 'SUCCEEDED',
      output: { shown: [1, 2], a: 2, b: 1 },
    });
  });

  it('hands the answer of a function on, and its error to whoever catches it', async () => {
    const caught = { ErrorEquals: ['Wrong'], Output: '{% $states.errorOutput %}', Next: 'Done' };
    const states = {
      First: { ...task({ Assign: { got: '{% $states.result.Payload %}' } }), Next: 'Second' },
      Second: task({ Catch: [caught] }),
      Done: done(['{% $got %}', '{% $states.input %}']),
    };
    const answers = [{ result: { rows: 1 } }, { error: 'Wrong', cause: 'why' }];

    expect(await run(states, { invoke: async () => answers.shift() as never })).toEqual({
      status: 'SUCCEEDED',
      output: [{ rows: 1 }, { Error: 'Wrong', Cause: 'why' }],
    });
  });

  it('takes the first choice that holds, else the default', async () => {
    const states = {
      First: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input > 2 %}', Next: 'Large' },
          { Condition: '{% $states.input > 1 %}', Next: 'Middle' },
        ],
        Default: 'Small',
      },
      Large: done('large'),
      Middle: done('middle'),
      Small: done('small'),
    };
    const outputs = [3, 2, 1].map((input) => run(states, {}, input));

    expect(await Promise.all(outputs)).toMatchObject(
      ['large', 'middle', 'small'].map((output) => ({ output })),
    );
  });

  it('fails with the cause that is worked out', async () => {
    const states = { End: { Type: 'Fail', Error: 'Wrong', Cause: '{% "n" & $string(1 + 1) %}' } };

    expect(await run(states)).toEqual({ status: 'FAILED', error: 'Wrong', cause: 'n2' });
  });

  it.each([
    ['a variable that is not known', pass({ Output: '{% $never %}' })],
    [
      'a field that is missing, deep in a template',
      pass({ Output: { a: ['{% $states.input.b %}'] } }),
    ],
    ['a sum with nothing', pass({ Assign: { a: '{% 1 + $never %}' } })],
    ['a sum with a text', pass({ Output: '{% 1 + "2" %}' })],
    [
      'a condition that is no boolean',
      { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'Done' }], Default: 'Done' },
    ],
  ])('fails on %s, which nothing catches', async (_what, state) => {
    expect(await run({ First: state, Done: done() })).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
    });
  });

  it('catches an expression of a task that yields nothing, as AWS does', async () => {
    const caught = {
      ErrorEquals: ['States.ALL'],
      Output: '{% $states.errorOutput.Error %}',
      Next: 'Done',
    };
    const first = task({
      Assign: { a: '{% $states.result.Payload.missing %}' },
      Catch: [caught],
    });

    expect(await run({ First: first, Done: done() })).toMatchObject({
      output: 'States.QueryEvaluationError',
    });
  });

  it.each([
    ['an answer', { First: task(), Done: done() }],
    [
      'what is assigned',
      { First: pass({ Assign: { a: '{% $pad("x", 300000) %}' } }), Done: done() },
    ],
  ])('fails on more than 256 KiB of %s, although all errors are caught', async (_what, states) => {
    const first = { ...states.First, ...('Arguments' in states.First && { Catch: [all] }) };
    const invoke = async () => ({ result: 'x'.repeat(256 * 1024) });

    expect(await run({ ...states, First: first }, { invoke })).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
    });
  });

  const all = { ErrorEquals: ['States.ALL'], Next: 'Done' };

  it('repeats what may be repeated, so often and after such waits, and then catches', async () => {
    const retry = { ErrorEquals: ['Busy'], IntervalSeconds: 1, BackoffRate: 3, MaxAttempts: 3 };
    const waits: number[] = [];
    let attempts = 0;
    const world = {
      wait: async (seconds: number) => void waits.push(seconds),
      invoke: async () => {
        attempts += 1;
        return { error: 'Busy', cause: '' };
      },
    };
    const states = { First: task({ Retry: [retry], Catch: [all] }), Done: done('done') };

    expect(await run(states, world)).toMatchObject({ output: 'done' });
    expect({ waits, attempts }).toEqual({ waits: [1, 3, 9], attempts: 4 });
  });

  it('ends when its time is up, and a task when its own is', async () => {
    let nowMs = 0;
    const invoke = async () => {
      nowMs += 61_000;
      return { result: 1 };
    };
    const wait = { Type: 'Wait', Seconds: 1000, Next: 'Done' };

    expect(await run({ First: wait, Done: done() })).toEqual({ status: 'TIMED_OUT' });
    expect(
      await run({ First: task(), Done: done() }, { invoke, now: () => new Date(nowMs) }),
    ).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  it('fails when its history is full', async () => {
    expect(await run({ First: { ...pass(), Next: 'First' }, Done: done() })).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
    });
  });

  it('ends at once when it is stopped', async () => {
    expect(await run({ Done: done() }, { signal: AbortSignal.abort() })).toEqual({
      status: 'ABORTED',
    });
  });
});

describe('whatever the interpreter does not know', () => {
  it.each<[string, object, object?]>([
    ['"First" is a Map, not known here', { First: { Type: 'Map', Next: 'Done' } }],
    ['"First" has a field "InputPath" that is not known here', { First: pass({ InputPath: '$' }) }],
    ['"First" has a field "End" that is not known here', { First: pass({ End: true }) }],
    ['"First" has no field "Next"', { First: { Type: 'Pass' } }],
    [
      '"First" has a resource that is not known here: arn:aws:states:::sqs:sendMessage',
      { First: task({ Resource: 'arn:aws:states:::sqs:sendMessage' }) },
    ],
    [
      'the arguments of "First" has a field "Qualifier" that is not known here',
      { First: task({ Arguments: { FunctionName: 'a', Payload: {}, Qualifier: 'b' } }) },
    ],
    [
      'a retry of "First" has a field "JitterStrategy" that is not known here',
      {
        First: task({
          Retry: [
            {
              ErrorEquals: ['a'],
              IntervalSeconds: 1,
              BackoffRate: 1,
              MaxAttempts: 1,
              JitterStrategy: 'FULL',
            },
          ],
        }),
      },
    ],
    ['the machine has half an expression: {% 1', { First: pass({ Output: '{% 1' }) }],
    ['the machine has half an expression: {% 1\n%}', { First: pass({ Output: '{% 1\n%}' }) }],
    ['there is no state "Elsewhere"', { First: pass({ Next: 'Elsewhere' }) }],
    ['the query language must be JSONata', { First: pass() }, { QueryLanguage: 'JSONPath' }],
    ['the machine has a field "Version" that is not known here', {}, { Version: '1.0' }],
  ])('is refused: %s', async (message, states, more = {}) => {
    const text = machine({ ...states, Done: done() }, more);

    await expect(runStateMachine(text, {} as StateMachineWorld)).rejects.toThrow(
      `state machine: ${message}`,
    );
  });
});
