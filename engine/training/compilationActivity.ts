import type { KernelCompilation } from '../backends/stepSupport';
import { compilationText } from '../backends/whileCompiling';

/** What a run that compiles kernels does, for its status. @param isStopping whether it ends as soon as it can. */
export function compilationActivity(compilation: KernelCompilation, isStopping: boolean): string {
  return `${compilationText(compilation)}${isStopping ? '; the run stops after that' : ''}`;
}
