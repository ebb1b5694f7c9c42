/** `API.md`, from the assembly that jsii makes of the code: what the constructs offer, and nothing that is internal. */

interface TypeReference {
  readonly primitive?: string;
  readonly fqn?: string;
  readonly collection?: { readonly kind: 'array' | 'map'; readonly elementtype: TypeReference };
  readonly union?: { readonly types: readonly TypeReference[] };
}

interface Documented {
  readonly name: string;
  readonly docs?: {
    readonly summary?: string;
    readonly remarks?: string;
    readonly default?: string;
    readonly example?: string;
    readonly custom?: Readonly<Record<string, string>>;
  };
}

interface Property extends Documented {
  readonly type: TypeReference;
  readonly optional?: true;
}

interface Method extends Documented {
  readonly parameters?: readonly Property[];
  readonly returns?: { readonly type: TypeReference };
}

interface ApiType extends Documented {
  readonly kind: string;
  readonly base?: string;
  readonly interfaces?: readonly string[];
  readonly initializer?: Method;
  readonly properties?: readonly Property[];
  readonly methods?: readonly Method[];
}

/** The part of an assembly that the document is made of. */
export interface Assembly {
  readonly name: string;
  readonly types: Readonly<Record<string, ApiType>>;
}

const OPENING = `# API

What the package offers to a CDK app, as \`npm run api\` writes it from the code. In Python the same names are written
\`snake_case\`: see [From a Python CDK app](docs/python-cdk.md). All settings with their ranges are in
[Configuration](docs/configuration.md).

Alarms, dashboard, drain and test events take the purge as a construct, also in another stack of the same account and
region. There is no \`fromFunctionArn\`: an ARN says nothing of the schedule, the cluster and the queue that they watch.
Elsewhere, make a CloudWatch \`Metric\` by the [names of the metrics](docs/report.md#metrics).`;

const shortName = (fqn: string) =>
  fqn.replace(/^(cdk-django-session-purge|aws-cdk-lib|constructs)\./, '');

function typeName({ primitive, fqn, collection, union }: TypeReference): string {
  if (fqn !== undefined) return shortName(fqn);
  if (union !== undefined) return union.types.map(typeName).join(' | ');
  if (collection === undefined) return primitive ?? 'any';
  const element = typeName(collection.elementtype);
  return collection.kind === 'array' ? `${element}[]` : `{ [name]: ${element} }`;
}

const nameAndType = ({ name, optional, type }: Property) =>
  `${name}${optional ? '?' : ''}: ${typeName(type)}`;

const called = ({ parameters = [] }: Method) => `(${parameters.map(nameAndType).join(', ')})`;

const inOneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

function said({ docs = {} }: Documented): string {
  const { summary = '', remarks = '', custom } = docs;
  const fails = custom?.throws === undefined ? '' : `Throws an ${custom.throws}.`;
  return inOneLine([summary, remarks, fails].join(' '));
}

function propertyLine(property: Property): string {
  const fallback = property.docs?.default;
  const otherwise =
    fallback === undefined ? '' : ` Default: ${inOneLine(fallback).replace(/^- /, '')}`;
  return `- \`${nameAndType(property)}\`: ${said(property)}${otherwise}`;
}

const methodLine = (method: Method) =>
  `- \`${method.name}${called(method)}: ${typeName(method.returns?.type ?? { primitive: 'void' })}\`: ${said(method)}`;

const byRequired = (one: Property, other: Property) =>
  Number(one.optional ?? false) - Number(other.optional ?? false);

function section(type: ApiType): string {
  const parents = [...(type.base ? [type.base] : []), ...(type.interfaces ?? [])].map(shortName);
  const { example } = type.docs ?? {};
  const parts = [
    `### ${type.name}`,
    said(type),
    ...(parents.length > 0
      ? [`Has all of ${parents.map((name) => `\`${name}\``).join(', ')}.`]
      : []),
    ...(type.initializer ? [`\`\`\`ts\nnew ${type.name}${called(type.initializer)}\n\`\`\``] : []),
    ...(example ? [`For example:\n\n\`\`\`ts\n${example}\n\`\`\``] : []),
    [...(type.properties ?? [])].sort(byRequired).map(propertyLine).join('\n'),
    (type.methods ?? []).map(methodLine).join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** The page as Markdown. */
export function apiDocument({ types }: Assembly): string {
  const sorted = Object.values(types).sort((one, other) => (one.name < other.name ? -1 : 1));
  const sections = (kind: string) => sorted.filter((type) => type.kind === kind).map(section);
  const parts = [OPENING, '## Constructs', ...sections('class'), '## Props and other types'];
  return `${[...parts, ...sections('interface'), ...sections('enum')].join('\n\n')}\n`;
}
