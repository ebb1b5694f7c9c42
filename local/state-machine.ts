import {
  type Definition,
  type Leaving,
  readDefinition,
  type State,
} from './state-machine-definition';
import { bounded, ExecutionFailed, filled, type Scope } from './state-machine-values';

/** The answer of a function to an invocation. */
export type TaskAnswer =
  | { readonly result: unknown }
  /** The error's name, and its details as Step Functions has them: text. */
  | { readonly error: string; readonly cause: string };

/** What an execution does beside computing. */
export interface StateMachineWorld {
  /** Invokes a function. */
  invoke(functionName: string, payload: unknown): Promise<TaskAnswer>;
  /** The time of the execution. */
  now(): Date;
  /** Lets time pass. */
  wait(seconds: number): Promise<void>;
  /** Called when a state has ended. */
  onExit?(state: string, output: unknown): void;
  /** Stops the execution before its next state or attempt. */
  readonly signal?: AbortSignal;
}

/** How an execution ended. */
export type Execution =
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | { readonly status: 'FAILED'; readonly error: string; readonly cause: string }
  | { readonly status: 'TIMED_OUT' | 'ABORTED' };

/** The most events of an execution's history. */
const MOST_EVENTS = 25_000;

class Ended extends Error {
  constructor(readonly execution: Execution) {
    super(execution.status);
  }
}

/** Where a state leads. */
interface Step extends Pick<Scope, 'variables'> {
  readonly next: string;
  readonly output: unknown;
}

/** Leaves a state. Both fields see the values that the variables had when the state was entered. */
async function leave(
  scope: Scope,
  { Assign, Output, Next }: Leaving,
  otherwise: unknown,
): Promise<Step> {
  const assigned = bounded(await filled(Assign ?? {}, scope), 'what a state assigns') as object;
  const output = Output === undefined ? otherwise : await filled(Output, scope);
  const variables = { ...scope.variables, ...assigned };
  return { next: Next, output: bounded(output, 'an output'), variables };
}

const withStates = (scope: Scope, more: object): Scope => ({
  ...scope,
  states: { ...scope.states, ...more },
});

/** These are caught by no name for all errors. */
const NEVER_CAUGHT = ['States.DataLimitExceeded', 'States.Runtime'];

const isOf = (errors: readonly string[], error: string) =>
  errors.includes(error) || (errors.includes('States.ALL') && !NEVER_CAUGHT.includes(error));

const LATE: TaskAnswer = { error: 'States.Timeout', cause: '' };

type StateOf<Type extends State['Type']> = Extract<State, { Type: Type }>;

/** An execution on its way. */
class Run {
  private readonly startedAt: Date;
  private events = 1;

  constructor(
    private readonly definition: Definition,
    private readonly world: StateMachineWorld,
  ) {
    this.startedAt = world.now();
  }

  /** Ends the execution where it was stopped, or its time or its history is used up. */
  private look(moreEvents: number): void {
    if (this.world.signal?.aborted) throw new Ended({ status: 'ABORTED' });
    const seconds = (this.world.now().getTime() - this.startedAt.getTime()) / 1000;
    if (seconds >= this.definition.TimeoutSeconds) throw new Ended({ status: 'TIMED_OUT' });
    this.events += moreEvents;
    if (this.events >= MOST_EVENTS)
      throw new ExecutionFailed('States.Runtime', `the history has ${MOST_EVENTS} events`);
  }

  private async attempt(scope: Scope, state: StateOf<'Task'>): Promise<TaskAnswer> {
    const { FunctionName, Payload } = (await filled(state.Arguments, scope)) as {
      FunctionName: string;
      Payload: unknown;
    };
    this.look(3);
    const startedMs = this.world.now().getTime();
    const answer = await this.world.invoke(FunctionName, bounded(Payload, 'a payload'));
    this.look(0);
    const isLate = this.world.now().getTime() - startedMs > 1000 * state.TimeoutSeconds;
    return isLate ? LATE : answer;
  }

  private async untilAnswered(scope: Scope, state: StateOf<'Task'>): Promise<TaskAnswer> {
    const failures = new Map<object, number>();
    for (;;) {
      const answer = await this.attempt(scope, state);
      if ('result' in answer) return answer;
      const retry = state.Retry?.find(({ ErrorEquals }) => isOf(ErrorEquals, answer.error));
      const failed = retry === undefined ? 0 : (failures.get(retry) ?? 0);
      if (retry === undefined || failed >= retry.MaxAttempts) return answer;
      failures.set(retry, failed + 1);
      await this.world.wait(retry.IntervalSeconds * retry.BackoffRate ** failed);
    }
  }

  private async succeed(scope: Scope, state: StateOf<'Task'>): Promise<Step> {
    const answer = await this.untilAnswered(scope, state);
    if ('error' in answer) throw new ExecutionFailed(answer.error, answer.cause);
    const result = bounded({ Payload: answer.result }, 'a result');
    return leave(withStates(scope, { result }), state, result);
  }

  private async task(scope: Scope, state: StateOf<'Task'>): Promise<Step> {
    try {
      return await this.succeed(scope, state);
    } catch (failed) {
      if (!(failed instanceof ExecutionFailed)) throw failed;
      const { error, cause } = failed;
      const caught = state.Catch?.find(({ ErrorEquals }) => isOf(ErrorEquals, error));
      if (caught === undefined) throw failed;
      const errorOutput = { Error: error, Cause: cause };
      return leave(withStates(scope, { errorOutput }), caught, errorOutput);
    }
  }

  private async choose(scope: Scope, state: StateOf<'Choice'>): Promise<Step> {
    for (const choice of state.Choices) {
      const holds = await filled(choice.Condition, scope);
      if (typeof holds !== 'boolean')
        throw new ExecutionFailed('States.QueryEvaluationError', `${choice.Condition}: no boolean`);
      if (holds) return leave(scope, choice, scope.states.input);
    }
    return leave(scope, { Next: state.Default }, scope.states.input);
  }

  private async wait(scope: Scope, state: StateOf<'Wait'>): Promise<Step> {
    const seconds = await filled(state.Seconds, scope);
    if (!Number.isInteger(seconds) || (seconds as number) < 0)
      throw new ExecutionFailed('States.Runtime', `${state.Seconds} is no whole number of seconds`);
    await this.world.wait(seconds as number);
    return leave(scope, state, scope.states.input);
  }

  private async end(scope: Scope, state: StateOf<'Succeed' | 'Fail'>): Promise<never> {
    if (state.Type === 'Succeed') {
      const { output } = await leave(scope, { ...state, Next: '' }, scope.states.input);
      throw new Ended({ status: 'SUCCEEDED', output });
    }
    const cause = await filled(state.Cause, scope);
    if (typeof cause !== 'string')
      throw new ExecutionFailed('States.Runtime', 'the cause of a failure is no text');
    throw new ExecutionFailed(state.Error, cause);
  }

  private visit(scope: Scope, state: State): Promise<Step> {
    switch (state.Type) {
      case 'Pass':
        return leave(scope, state, scope.states.input);
      case 'Task':
        return this.task(scope, state);
      case 'Choice':
        return this.choose(scope, state);
      case 'Wait':
        return this.wait(scope, state);
      case 'Succeed':
      case 'Fail':
        return this.end(scope, state);
    }
  }

  async toEnd(input: unknown): Promise<never> {
    const { StartAt, States } = this.definition;
    let at: Step = { next: StartAt, output: bounded(input, 'the input'), variables: {} };
    for (;;) {
      const name = at.next;
      this.look(2);
      const context = {
        Execution: { StartTime: this.startedAt.toISOString() },
        State: { Name: name, EnteredTime: this.world.now().toISOString() },
      };
      const scope = { variables: at.variables, states: { input: at.output, context } };
      at = await this.visit(scope, States[name] as State);
      this.world.onExit?.(name, at.output);
    }
  }
}

/** Runs one execution of a state machine, in the part of the Amazon States Language that `readDefinition` allows. */
export async function runStateMachine(
  text: string,
  world: StateMachineWorld,
  input: unknown = {},
): Promise<Execution> {
  const definition = readDefinition(text);
  try {
    return await new Run(definition, world).toEnd(input);
  } catch (error) {
    if (error instanceof Ended) return error.execution;
    if (!(error instanceof ExecutionFailed)) throw error;
    return { status: 'FAILED', error: error.error, cause: error.cause };
  }
}
