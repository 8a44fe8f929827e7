import { type BackendReport, factLines } from '../backends/backendReport';
import { diagnoseBackends } from '../backends/diagnosis';
import { runtimeText } from '../backends/runtime';
import type { DoctorResult } from '../protocol/engineProtocol';
import { EXIT, type ExitCode, formatTable, type Output } from './output';
import { tellingCompilation } from './startBackend';

/** A backend's facts as indented lines under its name; none where nothing is known. */
function detailLines(report: BackendReport): string[] {
  const lines = factLines(report).map((line) => `  ${line}`);
  return lines.length > 0 ? [`\n${report.name}`, ...lines] : [];
}

/** The doctor's findings as lines for people. */
export function doctorLines({ engineVersion, runtime, backends, automatic }: DoctorResult): string[] {
  const rows = backends.map(({ name, available, detail }) => [name, available ? 'works' : 'missing', detail]);
  return [
    `SpikeBridge ${engineVersion} on ${runtimeText(runtime)}\n`,
    formatTable([['backend', 'state', 'detail'], ...rows]),
    `\nauto takes ${automatic.name}: ${automatic.reason}`,
    ...backends.flatMap(detailLines),
  ];
}

/** Prints which backends work on this machine, how, and what `auto` takes. Exit code 1 when none does. */
export async function doctor({ json }: { json?: boolean }, output: Output): Promise<ExitCode> {
  const result = await tellingCompilation(output, 'testing the backends', diagnoseBackends());
  for (const line of json ? [JSON.stringify(result)] : doctorLines(result)) {
    output.print(line);
  }
  return result.backends.some(({ available }) => available) ? EXIT.ok : EXIT.failure;
}
