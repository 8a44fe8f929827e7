/** Run configurations of the sample data, by file name. */
export const SAMPLE_CONFIGURATIONS = ['ktl.transfer.jsonc', 'events-only.transfer.jsonc'] as const;

const ITERATIONS = 300;
const MOST_PAIRS = 50;

const INTRODUCTION = {
  'ktl.transfer.jsonc': `// KTL on the sample data: what the network learns from static digits carries over to event recordings.
// Compare its test accuracy with that of events-only.transfer.jsonc.`,
  'events-only.transfer.jsonc': `// The baseline on the sample data: the same network on the event recordings alone, without static digits.
// Compare its test accuracy with that of ktl.transfer.jsonc.`,
};

const IMAGES = `,
    // Other digits than those of the recordings.
    "images": { "format": "mnist", "folder": "images", "split": "train" }`;

/**
 * Text of a sample run configuration (JSON with comments, paths relative to the sample folder).
 * @param trainingRecordings recordings in events/Train; the batch is never larger.
 */
export function sampleConfigurationText(
  name: (typeof SAMPLE_CONFIGURATIONS)[number],
  trainingRecordings: number,
): string {
  const method = name === 'ktl.transfer.jsonc' ? 'ktl' : 'events-only';
  return `${INTRODUCTION[name]}
// Hover and completion in VS Code explain every key and list the defaults.
{
  "method": "${method}",
  // Decides weights, order, pairing and replacement: the same seed gives the same result.
  "seed": 0,
  "data": {
    // Simulated recordings in the layout of N-MNIST: Train|Test/<digit>/<number>.bin
    "events": {
      "format": "n-mnist",
      "folder": "events",
      "train": [{ "split": "Train" }],
      "test": [{ "split": "Test" }]
    }${method === 'ktl' ? IMAGES : ''}
  },
  // A recording is cut into 6 windows of time; events are counted per pixel and polarity.
  "frames": { "timeSteps": 6, "sizePixels": 34 },
  "network": { "preset": "nmnist-1k" },
  "training": {
    "batchPairs": ${Math.min(MOST_PAIRS, trainingRecordings)},
    "iterations": ${ITERATIONS},
    "evaluateEvery": 50
  }
}
`;
}
