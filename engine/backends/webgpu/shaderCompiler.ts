/** Where shaders can be compiled besides the device that runs them. */
export interface CompilerHelp {
  /** Opens more devices of the same GPU; whoever asks for them destroys them. None: there is no help. */
  openHelpers(): Promise<readonly GPUDevice[]>;
}

/** Time as the compiler sees it, for tests. */
export interface CompilerClock {
  now(): number;
  /** Calls back once after so many ms, unless the returned function is called before. */
  after(milliseconds: number, call: () => void): () => void;
}

const SYSTEM_CLOCK: CompilerClock = {
  now: () => performance.now(),
  after: (milliseconds, call) => {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};

interface Job {
  readonly label: string;
  readonly code: string;
  resolve(pipeline: GPUComputePipeline): void;
  reject(error: unknown): void;
}

interface Helper {
  readonly device: GPUDevice;
  busy: number;
}

/** Shaders per device at one time: Dawn compiles on two threads of a device, and these keep both busy. */
const AT_ONCE = 4;
/** A driver that has seen the shaders of a training step is done with them before, once the thread is free to ask. */
const HELP_AFTER_MS = 800;
/** Shaders after which it is known whether help is worth it. */
const ENOUGH_SAMPLES = 8;
/** Compiling again what a helper has compiled takes less than this part of its time, where the driver shares results. */
const WORTHWHILE = 0.5;

async function compileOn(device: GPUDevice, { label, code }: Job): Promise<GPUComputePipeline> {
  const module = device.createShaderModule({ label, code });
  return device.createComputePipelineAsync({
    label,
    layout: 'auto',
    compute: { module, entryPoint: 'main' },
  });
}

/**
 * Compiles shaders on the device that runs them, in the order of asking. Where that takes long, more devices compile
 * them first, each with two threads of its own; the driver then has them for all devices of the process (on an H200
 * a first training step takes 5 s in place of 11). Where it has not, help is given up.
 */
export class ShaderCompiler {
  private waiting: Job[] = [];
  private busy = 0;
  private helpers: Helper[] = [];
  private isOpening = false;
  private isDisposed = false;
  private cancelHelp?: () => void;
  /** Times in ms of shaders that a helper compiled, there and here. */
  private readonly samples = { count: 0, there: 0, here: 0 };

  constructor(
    private readonly device: GPUDevice,
    private help: CompilerHelp | undefined,
    private readonly clock: CompilerClock = SYSTEM_CLOCK,
  ) {}

  /** @throws where the shader is refused. */
  compile(label: string, code: string): Promise<GPUComputePipeline> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ label, code, resolve, reject });
      this.advance();
    });
  }

  /** Closes the helpers. What is asked for by then is compiled here. */
  dispose(): void {
    this.isDisposed = true;
    this.giveUpHelp();
  }

  private advance(): void {
    for (const helper of this.helpers) {
      while (helper.busy < AT_ONCE && this.waiting.length > 0) {
        void this.compileWith(helper, this.waiting.shift() as Job);
      }
    }
    while (this.helpers.length === 0 && this.busy < AT_ONCE && this.waiting.length > 0) {
      void this.compileAlone(this.waiting.shift() as Job);
    }
    if (this.waiting.length > 0) {
      this.cancelHelp ??= this.help && this.afterQueueing(() => void this.callHelp());
    } else {
      this.endStretch();
    }
  }

  /** Calls some time after the thread is free: while a step is queued, shaders wait for the thread and not for Dawn. */
  private afterQueueing(call: () => void): () => void {
    let cancel = this.clock.after(0, () => {
      cancel = this.clock.after(HELP_AFTER_MS, call);
    });
    return () => cancel();
  }

  private endStretch(): void {
    this.cancelHelp?.();
    this.cancelHelp = undefined;
    if (this.helpers.every(({ busy }) => busy === 0)) {
      this.closeHelpers();
    }
  }

  private closeHelpers(): void {
    const { helpers } = this;
    this.helpers = [];
    for (const { device } of helpers) {
      device.destroy();
    }
  }

  private giveUpHelp(): void {
    this.help = undefined;
    this.cancelHelp?.();
    this.closeHelpers();
    this.advance();
  }

  private async callHelp(): Promise<void> {
    if (this.isOpening || this.helpers.length > 0 || !this.help) {
      return;
    }
    this.isOpening = true;
    const devices = await this.help.openHelpers().catch(() => []);
    this.isOpening = false;
    this.helpers = devices.map((device) => ({ device, busy: 0 }));
    if (this.isDisposed || devices.length === 0) {
      this.giveUpHelp();
    } else {
      this.advance();
    }
  }

  private async compileAlone(job: Job): Promise<void> {
    this.busy++;
    await compileOn(this.device, job).then(job.resolve, job.reject);
    this.busy--;
    this.advance();
  }

  private async compileWith(helper: Helper, job: Job): Promise<void> {
    helper.busy++;
    const start = this.clock.now();
    const isDone = await compileOn(helper.device, job).then(
      () => true,
      () => false,
    );
    const middle = this.clock.now();
    helper.busy--;
    this.advance();
    // Behind shaders that are new to it, the device's time for one it should know tells nothing.
    const isTelling = isDone && this.busy === 0;
    await compileOn(this.device, job).then(job.resolve, job.reject);
    if (isTelling) {
      this.judge(middle - start, this.clock.now() - middle);
    }
  }

  private judge(there: number, here: number): void {
    const { samples } = this;
    samples.count++;
    samples.there += there;
    samples.here += here;
    if (samples.count === ENOUGH_SAMPLES && samples.here > WORTHWHILE * samples.there) {
      this.giveUpHelp();
    }
  }
}
