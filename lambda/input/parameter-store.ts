/** Systems Manager's parameters. */
export interface ParameterStore {
  /** A parameter's text, as it is stored; throws what the service or the network throws. */
  read(name: string): Promise<string>;
}
