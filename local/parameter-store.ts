import { type JsonOperation, type JsonService, startJsonService } from './json-service';

/** The parameters, and how the service behaves. */
export interface ParameterStoreOptions extends Pick<JsonOperation, 'onCall'> {
  readonly parameters: Readonly<Record<string, string>>;
}

/** Starts Systems Manager's `GetParameter` for parameters of type String. */
export function startParameterStore(options: ParameterStoreOptions): Promise<JsonService> {
  const { parameters, onCall } = options;
  return startJsonService({
    target: 'AmazonSSM.GetParameter',
    signingName: 'ssm',
    contentType: 'application/x-amz-json-1.1',
    ...(onCall && { onCall }),
    answer({ Name }) {
      const name = String(Name);
      const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
      if (value === undefined) return { error: 'ParameterNotFound' };
      return { members: { Parameter: { Name, Type: 'String', Value: value, Version: 1 } } };
    },
  });
}
