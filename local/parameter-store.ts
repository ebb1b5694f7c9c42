import { type JsonAnswer, type JsonService, startJsonService } from './json-service';

/** The parameters, and how the service behaves. */
export interface ParameterStoreOptions {
  readonly parameters: Readonly<Record<string, string>>;
  /** Called for each request; returns what to answer instead, if anything. */
  readonly onCall?: () => JsonAnswer | undefined;
}

/** Starts Systems Manager's `GetParameter` for parameters of type String. */
export function startParameterStore(options: ParameterStoreOptions): Promise<JsonService> {
  const { parameters, onCall } = options;
  return startJsonService({
    target: 'AmazonSSM.GetParameter',
    signingName: 'ssm',
    contentType: 'application/x-amz-json-1.1',
    answer({ Name }) {
      const fault = onCall?.();
      if (fault !== undefined) return fault;
      const name = String(Name);
      const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
      if (value === undefined) return { error: 'ParameterNotFound' };
      return { members: { Parameter: { Name, Type: 'String', Value: value, Version: 1 } } };
    },
  });
}
