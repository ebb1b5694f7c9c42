/** The lines that were written while some work ran. */
export interface Output {
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

function capture(stream: NodeJS.WriteStream): { lines(): string[]; restore(): void } {
  const chunks: string[] = [];
  const spy = jest.spyOn(stream, 'write').mockImplementation((chunk) => {
    chunks.push(String(chunk));
    return true;
  });
  return {
    lines: () => chunks.join('').split('\n').filter(Boolean),
    restore: () => spy.mockRestore(),
  };
}

/** Runs `work` and collects what it writes instead of printing it. Errors of `work` are thrown. */
export async function captureOutput(work: () => unknown): Promise<Output> {
  const stdout = capture(process.stdout);
  const stderr = capture(process.stderr);
  try {
    await work();
  } finally {
    stdout.restore();
    stderr.restore();
  }
  return { stdout: stdout.lines(), stderr: stderr.lines() };
}

/** The metrics of one line in CloudWatch's embedded metric format. */
export interface Emf {
  readonly namespace: string;
  /** The sets of dimensions that each metric is stored under. */
  readonly dimensionSets: readonly (readonly string[])[];
  /** The value of each dimension. */
  readonly dimensions: Readonly<Record<string, unknown>>;
  /** Each metric's value and unit, like `3 Count`. */
  readonly metrics: Readonly<Record<string, string>>;
}

interface EmfLine extends Record<string, unknown> {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
}

function isEmf(line: unknown): line is EmfLine {
  return typeof line === 'object' && line !== null && '_aws' in line;
}

/** Finds the metrics among lines of JSON; log lines are skipped. */
export function readEmf(lines: readonly string[]): Emf[] {
  return lines
    .map((line): unknown => JSON.parse(line))
    .filter(isEmf)
    .flatMap((line) =>
      line._aws.CloudWatchMetrics.map(({ Namespace, Dimensions, Metrics }) => ({
        namespace: Namespace,
        dimensionSets: Dimensions,
        dimensions: Object.fromEntries(Dimensions.flat().map((name) => [name, line[name]])),
        metrics: Object.fromEntries(
          Metrics.map(({ Name, Unit }) => [Name, `${line[Name]} ${Unit}`]),
        ),
      })),
    );
}
