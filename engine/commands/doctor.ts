import { diagnoseBackends } from '../backends/diagnosis';
import { EXIT, type ExitCode, formatTable, type Output } from './output';

/** Prints which backends work on this machine and what `auto` takes. Exit code 1 when none does. */
export async function doctor({ json }: { json?: boolean }, output: Output): Promise<ExitCode> {
  const result = await diagnoseBackends();
  if (json) {
    output.print(JSON.stringify(result));
  } else {
    output.print(`SpikeBridge ${result.engineVersion} on Node ${result.node}\n`);
    const rows = result.backends.map(({ name, available, detail }) => [
      name,
      available ? 'works' : 'missing',
      detail,
    ]);
    output.print(formatTable([['backend', 'state', 'detail'], ...rows]));
    output.print(`\nauto takes ${result.automatic.name}: ${result.automatic.reason}`);
  }
  return result.backends.some(({ available }) => available) ? EXIT.ok : EXIT.failure;
}
