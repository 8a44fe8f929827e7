/** The program that runs this engine. */
export interface EngineRuntime {
  readonly executable: string;
  /** Version of Node, e.g. "v20.20.2". */
  readonly node: string;
  /** Version of Electron, where VS Code itself runs the engine. */
  readonly electron?: string;
  /** Why the extension chose it, where it did not take the first. */
  readonly note?: string;
}

/** Variables by which whoever starts an engine process tells it what it has found out. */
export const RUNTIME_VARIABLES = {
  /** {@link EngineRuntime.note}. */
  note: 'SPIKEBRIDGE_RUNTIME_NOTE',
  /** Why the GPU must not be touched in this process: it ended another like it. */
  noGpu: 'SPIKEBRIDGE_NO_GPU',
  /** "1": a software renderer counts as a GPU (tests). */
  allowSoftwareGpu: 'SPIKEBRIDGE_ALLOW_SOFTWARE_GPU',
} as const;

/** Whether a software renderer counts as a GPU; for tests only. */
export function allowsSoftwareGpu(): boolean {
  return process.env[RUNTIME_VARIABLES.allowSoftwareGpu] === '1';
}

/** For people: "Node v20.20.2 (it was chosen because …)". */
export function runtimeText({ node, electron, note }: EngineRuntime): string {
  return `${electron ? `Electron ${electron}, ` : ''}Node ${node}${note ? ` (${note})` : ''}`;
}

/** The program that runs this process. */
export function engineRuntime(): EngineRuntime {
  const { execPath, version, versions, env } = process;
  const note = env[RUNTIME_VARIABLES.note];
  return {
    executable: execPath,
    node: version,
    ...(versions.electron && { electron: versions.electron }),
    ...(note && { note }),
  };
}
