export { runJob, serve } from './job';
export { buildShuffleTable } from './spikeLists';
