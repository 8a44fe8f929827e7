import type { Teacher } from './teacher';

/**
 * The teacher's logits by image. A frozen teacher without augmentation says the same of an image every time, so each
 * image passes through it once per run.
 */
export class TeacherLogits {
  private readonly known = new Map<number, Float32Array>();

  /** @param coloursOf images by index as the teacher sees them: [B, S, S, 3] in [0, 1]. */
  constructor(
    private readonly teacher: Pick<Teacher, 'logits' | 'classes'>,
    private readonly coloursOf: (images: readonly number[]) => Float32Array,
  ) {}

  /** Logits [B, C] of images by index. */
  async of(images: Uint32Array): Promise<Float32Array> {
    await this.ask([...new Set(images)].filter((image) => !this.known.has(image)));
    const classes = this.teacher.classes.length;
    const logits = new Float32Array(images.length * classes);
    for (const [row, image] of images.entries()) {
      logits.set(this.known.get(image)!, row * classes);
    }
    return logits;
  }

  private async ask(images: readonly number[]): Promise<void> {
    if (images.length === 0) {
      return;
    }
    const classes = this.teacher.classes.length;
    const logits = await this.teacher.logits(this.coloursOf(images));
    for (const [row, image] of images.entries()) {
      this.known.set(image, logits.slice(row * classes, (row + 1) * classes));
    }
  }
}
