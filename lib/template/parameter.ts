/** A parameter as CloudFormation takes it. */
export interface Parameter {
  readonly Type: 'String';
  readonly Description: string;
  /** None if the parameter is required; empty if the function or the template has a default of its own. */
  readonly Default?: string;
  readonly AllowedValues?: readonly string[];
  readonly AllowedPattern?: string;
  readonly ConstraintDescription: string;
}

/** The text with a capital letter and a full stop. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
