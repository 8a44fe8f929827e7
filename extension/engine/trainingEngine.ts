import { RUNTIME_VARIABLES } from '../../engine/backends/runtime';
import { reportOf } from '../../engine/errors';
import { requests } from '../../engine/protocol/engineProtocol';
import type { EngineLaunch } from './engineLaunch';
import type { EngineProcess } from './engineProcess';
import type { PathNode } from './pathNode';

/** What {@link startTrainingEngine} works with. */
export interface TrainingEngineParts {
  readonly launch: EngineLaunch;
  start(launch: EngineLaunch): Promise<EngineProcess>;
  /** The Node to fall back on, e.g. that of the PATH. */
  findNode(): Promise<PathNode | undefined>;
  /** Called with what was decided and why. */
  note(text: string): void;
}

/** Why a process cannot use the GPU although another program might; undefined where all is as well as it can be. */
async function obstacleOf(engine: EngineProcess): Promise<string | undefined> {
  try {
    const { state, detail } = await engine.request(requests.probeGpu);
    return state === 'refused' ? detail : undefined;
  } catch (error) {
    return `testing the GPU ended the process: ${reportOf(error).message}`;
  }
}

/** The launch of a second process, with output of its own. */
function again(launch: EngineLaunch, variables: NodeJS.ProcessEnv): EngineLaunch {
  const logFile = launch.logFile.replace(/(\.log)?$/, '-again.log');
  return { ...launch, logFile, environment: { ...launch.environment, ...variables } };
}

/** An engine on another Node, where there is one that does better. */
async function startElsewhere(
  { launch, start, findNode, note }: TrainingEngineParts,
  reason: string,
): Promise<EngineProcess | undefined> {
  const node = await findNode();
  if (!node || node.executable === launch.executable) {
    return undefined;
  }
  const text = `Node ${node.version} of the PATH (${node.executable}) runs the engine, because ${reason}`;
  const other = { ...again(launch, { [RUNTIME_VARIABLES.note]: text }), executable: node.executable };
  const engine = await start(other).catch(() => undefined);
  const obstacle = engine && (await obstacleOf(engine));
  if (!engine || obstacle) {
    engine?.dispose();
    note(`Node ${node.version} (${node.executable}) does no better: ${obstacle ?? 'it does not start'}`);
    return undefined;
  }
  note(text);
  return engine;
}

/**
 * Starts an engine for a training and asks it whether it can use the GPU. Where the program that runs it refuses
 * (Electron shows no memory of native modules), or ends over it, the engine is started on another Node; where there is
 * none, it runs without the GPU, and says so.
 * @throws SpikeBridgeError (backend) when no process can be started.
 */
export async function startTrainingEngine(parts: TrainingEngineParts): Promise<EngineProcess> {
  const { launch, start, note } = parts;
  const engine = await start(launch);
  const obstacle = await obstacleOf(engine);
  if (!obstacle) {
    return engine;
  }
  engine.dispose();
  const other = await startElsewhere(parts, obstacle);
  if (other) {
    return other;
  }
  note(`the engine runs without the GPU: ${obstacle}`);
  return start(again(launch, { [RUNTIME_VARIABLES.noGpu]: obstacle }));
}
