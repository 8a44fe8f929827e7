/** Iterations over which the rate is averaged. */
const WINDOW = 20;

/** Speed and time left of a run, from the times of its parts. Times in seconds. */
export class ProgressTracker {
  private readonly recent: number[] = [];
  private evaluationSeconds = 0;
  private trainedSeconds = 0;

  /**
   * @param pairs per iteration.
   * @param elapsedBefore seconds of training before a resume.
   */
  constructor(
    private readonly pairs: number,
    elapsedBefore: number,
  ) {
    this.trainedSeconds = elapsedBefore;
  }

  addIteration(seconds: number): void {
    this.trainedSeconds += seconds;
    this.recent.push(seconds);
    if (this.recent.length > WINDOW) {
      this.recent.shift();
    }
  }

  /** An iteration that tells nothing about the others: kernels were compiled for it. */
  addSlowIteration(seconds: number): void {
    this.trainedSeconds += seconds;
  }

  addEvaluation(seconds: number): void {
    this.trainedSeconds += seconds;
    this.evaluationSeconds = seconds;
  }

  /** Seconds of training and evaluation so far, over all resumes. */
  get elapsedSeconds(): number {
    return this.trainedSeconds;
  }

  /** Pairs per second of the last iterations; 0 before the first, or where kernels were compiled for all of them. */
  get pairsPerSecond(): number {
    const seconds = this.recent.reduce((sum, each) => sum + each, 0);
    return seconds > 0 ? (this.pairs * this.recent.length) / seconds : 0;
  }

  /** Estimated seconds to the end; undefined as long as there is no speed. */
  secondsLeft(iterationsLeft: number, evaluationsLeft: number): number | undefined {
    const rate = this.pairsPerSecond;
    return rate > 0
      ? (iterationsLeft * this.pairs) / rate + evaluationsLeft * this.evaluationSeconds
      : undefined;
  }
}
