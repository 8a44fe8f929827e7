import { goldenCaseFolders, readGoldenCase } from '../analysis/goldenCase';
import { type GroupDeviation, runParity, withinTolerance } from '../analysis/parity';
import type { BackendChoice, PrecisionChoice } from '../backends/choice';
import { EXIT, type ExitCode, formatTable, type Output } from './output';
import { startBackend, tellingCompilation } from './startBackend';

function row(deviation: GroupDeviation): string[] {
  const { group, worst, tolerance, unit, where, compared } = deviation;
  const isJudged = Number.isFinite(tolerance);
  const judgement = withinTolerance(deviation) ? 'ok' : 'OUT OF TOLERANCE';
  const verdict = isJudged ? judgement : 'not judged';
  return [
    group,
    worst.toExponential(2),
    isJudged ? tolerance.toExponential(0) : '-',
    unit,
    String(compared),
    verdict,
    where,
  ];
}

/** Runs golden cases and prints the worst deviation per group. Exit code 1 when one is out of tolerance. */
export async function parity(
  folders: readonly string[],
  { backend: choice = 'auto', precision }: { backend?: BackendChoice; precision?: PrecisionChoice },
  output: Output,
): Promise<ExitCode> {
  const caseFolders = await Promise.all(folders.map(goldenCaseFolders));
  const goldenCases = await Promise.all(caseFolders.flat().map(readGoldenCase));
  const backend = await startBackend(choice, { precision }, output);
  let failures = 0;
  try {
    for (const golden of goldenCases) {
      const label = `${golden.description.name} on ${backend.name}`;
      output.transient(`${label}: running`);
      const deviations = await tellingCompilation(output, label, runParity(golden, backend.precision));
      failures += deviations.filter((deviation) => !withinTolerance(deviation)).length;
      output.print(`${label} (${backend.detail})`);
      const head = ['quantity', 'worst', 'tolerance', 'unit', 'values', 'verdict', 'where'];
      output.print(`${formatTable([head, ...deviations.map(row)])}\n`);
    }
  } finally {
    await backend.dispose();
  }
  output.print(
    failures === 0
      ? `all ${goldenCases.length} cases within tolerance`
      : `${failures} groups out of tolerance`,
  );
  return failures === 0 ? EXIT.ok : EXIT.failure;
}
