import type { Template } from 'aws-cdk-lib/assertions';
import { only } from './synthesized';

/** A widget as CloudWatch gets it. */
export interface Widget {
  readonly type: 'text' | 'alarm' | 'metric' | 'log';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly view?: 'timeSeries' | 'singleValue' | 'table';
    readonly metrics?: readonly (readonly unknown[])[];
    readonly alarms?: readonly string[];
    readonly query?: string;
    readonly yAxis?: { readonly left?: { readonly label: string } };
  };
}

type Part = string | { readonly Ref?: string; readonly 'Fn::GetAtt'?: readonly string[] };

const written = (part: Part) =>
  typeof part === 'string' ? part : `<${part.Ref ?? part['Fn::GetAtt']?.join('.')}>`;

/** The widgets of the template's only dashboard, with references written as `<logical id>`. */
export function dashboardOf(template: Template): Widget[] {
  const { DashboardBody } = only(template, 'AWS::CloudWatch::Dashboard');
  const parts: Part[] = DashboardBody['Fn::Join']?.[1] ?? [DashboardBody];
  return JSON.parse(parts.map(written).join('')).widgets;
}

const KINDS = { timeSeries: 'graph', singleValue: 'numbers', table: 'table' };

function kindOf({ type, properties: { view } }: Widget): string {
  if (type === 'log') return 'table of the log';
  return type === 'alarm' ? 'states' : KINDS[view ?? 'timeSeries'];
}

/** A dashboard as a table in Markdown: each widget under the question that it answers. */
export function widgetTable(widgets: readonly Widget[]): string {
  let question = '';
  const rows = widgets.flatMap((widget) => {
    const { markdown, title, yAxis } = widget.properties;
    if (markdown !== undefined) question = markdown.replace(/^#+ /, '').split('\n')[0] ?? '';
    if (title === undefined) return [];
    return [`| ${question} | ${title} | ${kindOf(widget)} | ${yAxis?.left?.label ?? ''} |`];
  });
  return ['| question | widget | kind | unit |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
