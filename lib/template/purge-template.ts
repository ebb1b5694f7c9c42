import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { bundleDirectory } from '../bundle';
import { conditional, type Section } from './conditional';
import { CONDITIONS, RULES } from './conditions';
import { SECONDS } from './own-parameters';
import { PARAMETER_GROUPS } from './parameter-groups';
import { parameters } from './parameters';
import { TemplateStack } from './template-stack';

/** The code of each function, in the template itself. */
const CODE = { SessionPurgeFunction: 'lambda', SessionPurgeUserFunction: 'deploy' } as const;

function withCode(resources: Section): Section {
  const functions = Object.entries(CODE).map(([id, bundle]) => {
    const { Properties, ...others } = resources[id] ?? {};
    const ZipFile = readFileSync(join(bundleDirectory(bundle), 'index.js'), 'utf8');
    return [id, { ...others, Properties: { ...(Properties as object), Code: { ZipFile } } }];
  });
  return { ...resources, ...Object.fromEntries(functions) };
}

function synthesized(context: Readonly<Record<string, unknown>>) {
  const outdir = mkdtempSync(join(tmpdir(), 'session-purge-template-'));
  try {
    const app = new App({ outdir, context, builtinCloudFormationValidation: false });
    const stack = new TemplateStack(app);
    app.synth();
    return JSON.parse(readFileSync(join(outdir, stack.templateFile), 'utf8'));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

const interfaceMetadata = {
  'AWS::CloudFormation::Interface': {
    ParameterGroups: PARAMETER_GROUPS.map(({ title, labels }) => ({
      Label: { default: title },
      Parameters: Object.keys(labels),
    })),
    ParameterLabels: Object.fromEntries(
      PARAMETER_GROUPS.flatMap(({ labels }) => Object.entries(labels)).map(([name, text]) => [
        name,
        { default: text },
      ]),
    ),
  },
};

/**
 * The stack of a purge as one template that needs nothing else: its parameters are the settings, and the functions' code
 * is in it. `context`: the CDK's feature flags.
 *
 * @throws Error if the functions' code has not been built
 */
export function purgeTemplate(context: Readonly<Record<string, unknown>>) {
  const { Description, Resources, Outputs } = synthesized(context);
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description,
    Metadata: interfaceMetadata,
    Parameters: parameters(),
    Rules: RULES,
    Mappings: { Seconds: SECONDS },
    Conditions: CONDITIONS,
    Resources: withCode(conditional(Resources)),
    Outputs: conditional(Outputs),
  };
}

const isSection = (value: unknown): value is object => typeof value === 'object';

/** A section with a line for each of its entries: readable, and 20 KB shorter than with a line for each value. */
function lines(section: object): string {
  const entries = Object.entries(section).map(
    ([id, entry]) => `  ${JSON.stringify(id)}: ${JSON.stringify(entry)}`,
  );
  return `{\n${entries.join(',\n')}\n }`;
}

/** The template as a file. */
export function templateText(context: Readonly<Record<string, unknown>>): string {
  const sections = Object.entries(purgeTemplate(context)).map(
    ([name, value]) => ` "${name}": ${isSection(value) ? lines(value) : JSON.stringify(value)}`,
  );
  return `{\n${sections.join(',\n')}\n}\n`;
}
