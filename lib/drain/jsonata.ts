/** A JSONata expression as a state machine takes it: in one line, since some readers of definitions refuse more. */
export function jsonata(expression: string): string {
  return `{% ${expression.replaceAll(/\s+/g, ' ').trim()} %}`;
}
