/** What a template or a part of it may be. */
export type Value =
  | string
  | number
  | boolean
  | readonly Value[]
  | { readonly [key: string]: Value };

type Section<Entry> = Readonly<Record<string, Entry>>;

interface Entry {
  readonly Condition?: string;
  readonly [attribute: string]: unknown;
}

/** The sections of a template, as far as a deployment reads them. */
export interface Template {
  readonly Parameters?: Section<{
    readonly Default?: string;
    readonly AllowedValues?: readonly string[];
    readonly AllowedPattern?: string;
    readonly ConstraintDescription?: string;
  }>;
  readonly Rules?: Section<unknown>;
  readonly Mappings?: Section<Section<Section<unknown>>>;
  readonly Conditions?: Section<unknown>;
  readonly Resources: Section<Entry>;
  readonly Outputs?: Section<Entry>;
}

interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at one property of many
  readonly Properties: any;
}

/** What CloudFormation would make. A reference to a resource is its id in angle brackets. */
export interface Deployment {
  readonly resources: Readonly<Record<string, Resource>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Region': 'eu-west-1',
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  'AWS::StackName': 'SessionPurge',
  'AWS::StackId':
    'arn:aws:cloudformation:eu-west-1:123456789012:stack/SessionPurge/0a1b2c3d-1111-2222-3333-444444444444',
};

const NOTHING = Symbol('AWS::NoValue');

/** The value of each parameter. Throws what CloudFormation says of one that is refused. */
function parameterValues(template: Template, given: Readonly<Record<string, string>>) {
  const { Parameters = {} } = template;
  for (const name of Object.keys(given))
    if (!(name in Parameters)) throw new Error(`no parameter ${name}`);
  return new Map(
    Object.entries(Parameters).map(([name, parameter]) => {
      const value = given[name] ?? parameter.Default;
      if (value === undefined) throw new Error(`${name} must have a value`);
      const isListed = parameter.AllowedValues?.includes(value) ?? true;
      const fits = new RegExp(parameter.AllowedPattern ?? '', 'u').test(value);
      if (!isListed || !fits) throw new Error(`${name} ${parameter.ConstraintDescription}`);
      return [name, value];
    }),
  );
}

/** Deploys a template with values for its parameters, and knows no more of CloudFormation's functions than it uses. */
export function deployTemplate(
  template: Template,
  given: Readonly<Record<string, string>> = {},
): Deployment {
  const values = parameterValues(template, given);
  const { Conditions = {}, Mappings = {}, Rules = {}, Resources, Outputs = {} } = template;

  const holds = (name: string): boolean => {
    if (!(name in Conditions)) throw new Error(`no condition ${name}`);
    return resolve(Conditions[name]) === true;
  };
  const isThere = ({ Condition }: Entry) => Condition === undefined || holds(Condition);

  const resourceNamed = (id: string): string => {
    const resource = Resources[id];
    if (resource === undefined) throw new Error(`no resource ${id}`);
    if (!isThere(resource)) throw new Error(`${id} is referred to, and not there`);
    return id;
  };

  const FUNCTIONS: Readonly<Record<string, (argument: never) => unknown>> = {
    Ref: (name: string) =>
      name === 'AWS::NoValue'
        ? NOTHING
        : (values.get(name) ?? PSEUDO[name] ?? `<${resourceNamed(name)}>`),
    Condition: (name: string) => holds(name),
    'Fn::GetAtt': ([id, attribute]: [string, string]) => `<${resourceNamed(id)}.${attribute}>`,
    'Fn::If': ([condition, one, other]: [string, unknown, unknown]) =>
      resolve(holds(condition) ? one : other),
    'Fn::Join': ([separator, parts]: [string, unknown]) =>
      (resolve(parts) as unknown[]).join(separator),
    'Fn::Select': ([index, list]: [number, unknown]) => (resolve(list) as unknown[])[index],
    'Fn::Split': ([separator, text]: [string, unknown]) => String(resolve(text)).split(separator),
    'Fn::FindInMap': ([map, key, name]: [string, string, unknown]) => {
      const found = Mappings[map]?.[key]?.[String(resolve(name))];
      if (found === undefined) throw new Error(`nothing in ${map}.${key} for ${resolve(name)}`);
      return found;
    },
    'Fn::Equals': ([one, other]: [unknown, unknown]) => resolve(one) === resolve(other),
    'Fn::Not': ([condition]: [unknown]) => !resolve(condition),
    'Fn::And': (all: unknown[]) => all.every((each) => resolve(each)),
    'Fn::Or': (all: unknown[]) => all.some((each) => resolve(each)),
  };

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve).filter((each) => each !== NOTHING);
    if (typeof value !== 'object' || value === null) return value;
    const [[name, argument] = ['', undefined], ...more] = Object.entries(value);
    if (
      more.length === 0 &&
      (name === 'Ref' || name.startsWith('Fn::') || isCondition(name, argument))
    ) {
      const call = FUNCTIONS[name];
      if (call === undefined) throw new Error(`unknown function ${name}`);
      return call(argument as never);
    }
    const entries = Object.entries(value).map(([key, each]) => [key, resolve(each)] as const);
    return Object.fromEntries(entries.filter(([, each]) => each !== NOTHING));
  }

  // Within a policy `Condition` holds an object.
  function isCondition(name: string, argument: unknown): boolean {
    return name === 'Condition' && typeof argument === 'string';
  }

  for (const rule of Object.values(Rules) as {
    Assertions: { Assert: unknown; AssertDescription: string }[];
  }[])
    for (const { Assert, AssertDescription } of rule.Assertions)
      if (resolve(Assert) !== true) throw new Error(AssertDescription);

  const present = (section: Section<Entry>) =>
    Object.entries(section)
      .filter(([, entry]) => isThere(entry))
      .map(([id, { Condition: _, DependsOn, ...entry }]) => {
        for (const each of [DependsOn ?? []].flat() as string[]) resourceNamed(each);
        return [id, resolve(entry)] as const;
      });

  return {
    resources: Object.fromEntries(present(Resources)) as Deployment['resources'],
    outputs: Object.fromEntries(
      present(Outputs).map(([id, output]) => [id, (output as { Value: unknown }).Value]),
    ),
  };
}
