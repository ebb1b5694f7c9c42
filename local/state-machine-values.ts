import jsonata from 'jsonata';

/** The most bytes of an input, an output, or what one state assigns. */
const MOST_BYTES = 256 * 1024;

/** An error that ends an execution, unless a task catches it. */
export class ExecutionFailed extends Error {
  constructor(
    readonly error: string,
    override readonly cause: string,
  ) {
    super(`${error}: ${cause}`);
  }
}

/** What an expression can see: the variables, and as `$states` what belongs to the state. */
export interface Scope {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly states: Readonly<Record<string, unknown>>;
}

/** Returns the value. Throws an `ExecutionFailed` if it is too large. */
export function bounded<T>(value: T, what: string): T {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > MOST_BYTES)
    throw new ExecutionFailed('States.DataLimitExceeded', `${what} has ${bytes} bytes`);
  return value;
}

const expressions = new Map<string, jsonata.Expression>();

function expressionOf(text: string): jsonata.Expression {
  const known = expressions.get(text) ?? jsonata(text.slice(2, -2));
  expressions.set(text, known);
  return known;
}

/** The value of an expression, as plain JSON. One that is nothing fails the execution, also within a larger value. */
async function evaluated(text: string, { variables, states }: Scope): Promise<unknown> {
  try {
    const value = await expressionOf(text).evaluate(undefined, { ...variables, states });
    if (value === undefined) throw new Error('the expression yields nothing');
    return JSON.parse(JSON.stringify(value));
  } catch (error) {
    const { message } = error as Error;
    throw new ExecutionFailed('States.QueryEvaluationError', `${text}: ${message}`);
  }
}

/** Fills in the expressions of a template. */
export async function filled(template: unknown, scope: Scope): Promise<unknown> {
  if (typeof template === 'string')
    return template.startsWith('{%') ? evaluated(template, scope) : template;
  if (Array.isArray(template)) return Promise.all(template.map((item) => filled(item, scope)));
  if (typeof template !== 'object' || template === null) return template;
  const fields = Object.entries(template).map(
    async ([name, value]) => [name, await filled(value, scope)] as const,
  );
  return Object.fromEntries(await Promise.all(fields));
}
