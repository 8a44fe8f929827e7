import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { SpikeBridgeError } from '../errors';
import { COLOUR_INPUTS } from '../models/networkDescription';
import type { SpikingNetwork } from '../models/spikingNetwork';
import { type Checkpoint, readCheckpoint } from '../runs/checkpoint';
import { buildNetwork, restoreNetwork } from './runModel';

/** A trained ANN, frozen: evaluation mode, no gradients (methods.md 5). Owns its network. */
export class Teacher {
  private constructor(
    private readonly network: SpikingNetwork,
    /** Its checkpoint. */
    readonly file: string,
    readonly classes: readonly string[],
    /** SHA-256 of its checkpoint file, hexadecimal. */
    readonly sha256: string,
  ) {}

  /**
   * Loads the checkpoint of a teacher run on the active backend.
   * @throws SpikeBridgeError (checkpoint) where it is missing, damaged or of another method.
   */
  static async load(file: string): Promise<Teacher> {
    await access(file).catch((cause) => {
      throw new SpikeBridgeError(
        'checkpoint',
        'distillation.teacher: there is no such file, or it cannot be read',
        'Train a teacher first (method "teacher") and name checkpoints/final.safetensors of its run folder.',
        { file },
        { cause },
      );
    });
    const checkpoint: Checkpoint = await readCheckpoint(file);
    const { configuration, classes } = checkpoint;
    if (configuration.method !== 'teacher') {
      throw new SpikeBridgeError(
        'checkpoint',
        `distillation.teacher: this checkpoint is of the method ${configuration.method}, not of a teacher`,
        'Train a teacher (method "teacher") on the static images and name its checkpoint.',
        { file },
      );
    }
    const network = buildNetwork(configuration, classes.length);
    try {
      restoreNetwork(network, checkpoint, file);
    } catch (error) {
      network.dispose();
      throw error;
    }
    return new Teacher(
      network,
      file,
      classes,
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    );
  }

  /** S of its images, in pixels. */
  get sizePixels(): number {
    return this.network.options.sizePixels;
  }

  /**
   * @param classes of the student, in order.
   * @throws SpikeBridgeError (checkpoint) where the teacher has others: its logits would mean something else.
   */
  requireClasses(classes: readonly string[], file: string): void {
    if (this.classes.length !== classes.length) {
      throw new SpikeBridgeError(
        'checkpoint',
        `distillation.teacher: the teacher has ${this.classes.length} classes, the recordings have ${classes.length}`,
        'Train the teacher on the images of the same classes as the recordings.',
        { file },
      );
    }
    const differing = classes.findIndex((name, index) => name !== this.classes[index]);
    if (differing >= 0) {
      throw new SpikeBridgeError(
        'checkpoint',
        `distillation.teacher: class ${differing} is "${this.classes[differing]}" for the teacher and "${classes[differing]}" in the recordings`,
        'Train the teacher on the images of the same classes as the recordings.',
        { file },
      );
    }
  }

  /** Logits [B, C] of images [B, S, S, 3] in [0, 1]. */
  async logits(images: Float32Array): Promise<Float32Array> {
    const size = this.sizePixels;
    const batch = images.length / (size * size * COLOUR_INPUTS);
    const logits = tf.tidy(() => {
      const x = tf.tensor4d(images, [batch, size, size, COLOUR_INPUTS]);
      return this.network.forward(x, { streams: ['static'], steps: 1, training: false }).logits[0]!;
    });
    const values = (await logits.data()).slice() as Float32Array;
    logits.dispose();
    return values;
  }

  dispose(): void {
    this.network.dispose();
  }
}
