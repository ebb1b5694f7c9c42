/** Systems Manager's parameters. */
export interface ParameterStore {
  /** Returns a parameter's text as it is stored; throws any error of the call. */
  read(name: string): Promise<string>;
}
