import type { MethodName } from '../../engine/methods/methodPreset';

/** What the user can choose from when there is no configuration yet. */
export interface ConfigurationTemplate {
  readonly method: MethodName;
  readonly label: string;
  readonly detail: string;
}

export const CONFIGURATION_TEMPLATES: readonly ConfigurationTemplate[] = [
  {
    method: 'ktl',
    label: 'KTL: knowledge transfer from static images',
    detail: 'Two streams, CKA alignment with learned coefficients, sliding replacement.',
  },
  {
    method: 'ckd',
    label: 'CKD: KTL with a teacher',
    detail: 'KTL, and distillation from an ANN teacher into the static stream. Train the teacher first.',
  },
  {
    method: 'tmkt',
    label: 'TMKT: time-step mixup',
    detail: 'Static sequences turn into event sequences at a switch point; two auxiliary heads.',
  },
  {
    method: 'joint',
    label: 'Joint training on images and recordings',
    detail: 'Two streams without alignment or replacement: a baseline.',
  },
  {
    method: 'events-only',
    label: 'Events only',
    detail: 'No static images: the baseline that transfer is compared with.',
  },
  {
    method: 'static-only',
    label: 'Static images only',
    detail: 'The spiking network on images alone; an events-only run fine-tunes its checkpoint ("start").',
  },
  {
    method: 'teacher',
    label: 'Teacher for CKD',
    detail: 'An ANN on the static images; CKD distils from its checkpoint.',
  },
];

function imagesSection(folder: string): string {
  return `
    // MNIST idx files (plain or .gz).
    "images": { "format": "mnist", "folder": "${folder}" },`;
}

const TEACHER_HINT = `
  // The checkpoint of a run with the method "teacher".
  "distillation": { "teacher": "runs/teacher/checkpoints/best.safetensors" },`;

function networkSection(method: MethodName): string {
  return method === 'teacher'
    ? '{ "preset": "resnet18-ann", "baseChannels": 16 }'
    : '{ "preset": "nmnist-1k" }';
}

/** Sections that only some methods have. */
function methodSection(method: MethodName): string {
  switch (method) {
    case 'ckd':
      return TEACHER_HINT;
    case 'teacher':
      return `
  "loss": { "classification": "mean-logits" },`;
    default:
      return '';
  }
}

/**
 * The text of a new run configuration, valid as it is; folders are relative to the file.
 * @param folders of the recordings (N-MNIST layout) and the static images (MNIST idx files).
 */
export function configurationText(
  method: MethodName,
  folders = { events: 'data/n-mnist', images: 'data/mnist' },
): string {
  const images = method === 'events-only' ? '' : imagesSection(folders.images);
  return `// A SpikeBridge transfer run. Ctrl+Space lists the keys; hover explains them with units and defaults.
{
  "method": "${method}",
  "seed": 42,
  "data": {${images}
    // N-MNIST layout: Train|Test/<digit>/<number>.bin
    "events": {
      "format": "n-mnist",
      "folder": "${folders.events}",
      "train": [{ "split": "Train" }],
      "test": [{ "split": "Test" }],
    },
  },
  "frames": { "timeSteps": 6, "sizePixels": 34 },
  "network": ${networkSection(method)},${methodSection(method)}
  "optimizer": { "learningRate": 2e-3, "warmup": 30 },
  "training": { "batchPairs": 50, "iterations": 600, "evaluateEvery": 60 },
}
`;
}
