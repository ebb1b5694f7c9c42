/** What a state may do when it ends. */
export interface Leaving {
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Output?: unknown;
  readonly Next: string;
}

/** A rule of a task for errors of these names. */
interface ForErrors {
  readonly ErrorEquals: readonly string[];
}

interface Retrier extends ForErrors {
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
}

/** The states that the interpreter knows. */
export type State =
  | ({ readonly Type: 'Pass' } & Leaving)
  | ({
      readonly Type: 'Task';
      readonly Resource: string;
      readonly Arguments: Readonly<Record<string, unknown>>;
      readonly TimeoutSeconds: number;
      readonly Retry?: readonly Retrier[];
      readonly Catch?: readonly (ForErrors & Leaving)[];
    } & Leaving)
  | {
      readonly Type: 'Choice';
      readonly Choices: readonly ({ readonly Condition: string } & Leaving)[];
      readonly Default: string;
    }
  | ({ readonly Type: 'Wait'; readonly Seconds: number | string } & Leaving)
  | { readonly Type: 'Succeed'; readonly Output?: unknown }
  | { readonly Type: 'Fail'; readonly Error: string; readonly Cause: string };

/** A state machine in the part of the Amazon States Language that the interpreter knows. */
export interface Definition {
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, State>>;
}

type Fields = readonly [required: readonly string[], optional: readonly string[]];

const MACHINE: Fields = [['QueryLanguage', 'StartAt', 'States', 'TimeoutSeconds'], ['Comment']];

const STATES: Readonly<Record<State['Type'], Fields>> = {
  Pass: [
    ['Type', 'Next'],
    ['Assign', 'Output'],
  ],
  Task: [
    ['Type', 'Next', 'Resource', 'Arguments', 'TimeoutSeconds'],
    ['Assign', 'Output', 'Retry', 'Catch'],
  ],
  Choice: [['Type', 'Choices', 'Default'], []],
  Wait: [['Type', 'Next', 'Seconds'], []],
  Succeed: [['Type'], ['Output']],
  Fail: [['Type', 'Error', 'Cause'], []],
};

const RETRIER: Fields = [['ErrorEquals', 'IntervalSeconds', 'BackoffRate', 'MaxAttempts'], []];
const CATCHER: Fields = [
  ['ErrorEquals', 'Next'],
  ['Assign', 'Output'],
];
const CHOICE: Fields = [
  ['Condition', 'Next'],
  ['Assign', 'Output'],
];
const ARGUMENTS: Fields = [['FunctionName', 'Payload'], []];

function refuse(what: string): never {
  throw new Error(`state machine: ${what}`);
}

function checkFields(where: string, given: object, [required, optional]: Fields): void {
  const fields = Object.keys(given);
  const unknown = fields.find((field) => !required.includes(field) && !optional.includes(field));
  if (unknown !== undefined) refuse(`${where} has a field "${unknown}" that is not known here`);
  const missing = required.find((field) => !fields.includes(field));
  if (missing !== undefined) refuse(`${where} has no field "${missing}"`);
}

/** A text is an expression as a whole or not at all, in one line. */
function checkTexts(where: string, value: unknown): void {
  if (typeof value === 'string') {
    const isWhole = /^\{%[^\n]*%\}$/.test(value);
    if (!isWhole && /\{%|%\}/.test(value)) refuse(`${where} has half an expression: ${value}`);
  } else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) checkTexts(where, item);
  }
}

function nextsOf(state: State): string[] {
  switch (state.Type) {
    case 'Choice':
      return [...state.Choices.map(({ Next }) => Next), state.Default];
    case 'Task':
      return [state.Next, ...(state.Catch ?? []).map(({ Next }) => Next)];
    case 'Succeed':
    case 'Fail':
      return [];
    default:
      return [state.Next];
  }
}

function checkState(name: string, state: State): void {
  const where = `"${name}"`;
  if (!Object.hasOwn(STATES, state.Type)) refuse(`${where} is a ${state.Type}, not known here`);
  checkFields(where, state, STATES[state.Type]);
  if (state.Type === 'Choice')
    for (const choice of state.Choices) checkFields(`a choice of ${where}`, choice, CHOICE);
  if (state.Type !== 'Task') return;
  if (!/^arn:[\w-]+:states:::lambda:invoke$/.test(state.Resource))
    refuse(`${where} has a resource that is not known here: ${state.Resource}`);
  checkFields(`the arguments of ${where}`, state.Arguments, ARGUMENTS);
  for (const retrier of state.Retry ?? []) checkFields(`a retry of ${where}`, retrier, RETRIER);
  for (const catcher of state.Catch ?? []) checkFields(`a catch of ${where}`, catcher, CATCHER);
}

/** Reads the definition of a state machine. Throws an `Error` on whatever the interpreter does not know. */
export function readDefinition(text: string): Definition {
  const definition = JSON.parse(text);
  checkFields('the machine', definition, MACHINE);
  if (definition.QueryLanguage !== 'JSONata') refuse('the query language must be JSONata');
  const { States, StartAt } = definition as Definition;
  for (const [name, state] of Object.entries(States)) checkState(name, state);
  checkTexts('the machine', States);
  const nexts = [StartAt, ...Object.values(States).flatMap(nextsOf)];
  const missing = nexts.find((name) => !Object.hasOwn(States, name));
  if (missing !== undefined) refuse(`there is no state "${missing}"`);
  return definition;
}
