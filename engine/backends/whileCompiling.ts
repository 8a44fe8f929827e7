import * as tf from '@tensorflow/tfjs-core';
import { type KernelCompilation, stepSupport } from './stepSupport';

const TELL_EVERY_MS = 500;

/** The kernels that the active backend compiles now; undefined where it compiles none, and where none is active yet. */
export function kernelCompilation(): KernelCompilation | undefined {
  // Asking for the backend itself would start one.
  return tf.getBackend() ? stepSupport().compilation : undefined;
}

/** For people: "compiling kernels, 40 of 110". */
export function compilationText({ done, total }: KernelCompilation): string {
  return `compiling kernels, ${done} of ${total}`;
}

/** Told about twice a second while kernels are compiled, and once with undefined where the work goes on after that. */
export type CompilationListener = (compilation: KernelCompilation | undefined) => Promise<void> | void;

/** Looks for compilations while some work is done. */
class CompilationWatch {
  private readonly timer = setInterval(() => this.look(), TELL_EVERY_MS);
  private isCompiling = false;
  private telling?: Promise<void>;

  constructor(private readonly listener: CompilationListener) {}

  private look(): void {
    const compilation = kernelCompilation();
    if (this.telling || (!compilation && !this.isCompiling)) {
      return;
    }
    this.isCompiling = compilation !== undefined;
    // What cannot be told must not end the work.
    this.telling = Promise.resolve()
      .then(() => this.listener(compilation))
      .catch(() => {})
      .finally(() => {
        this.telling = undefined;
      });
  }

  /** Nothing is told once this has resolved. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.telling;
  }
}

/** Waits for work that is going on; where a GPU compiles its kernels meanwhile, that is told. */
export async function whileCompiling<Result>(
  work: Promise<Result>,
  listener: CompilationListener,
): Promise<Result> {
  const watch = new CompilationWatch(listener);
  try {
    return await work;
  } finally {
    await watch.end();
  }
}
