import type { EditorModel } from '../editorModel';
import { speedText } from './timeText';

/** Playing counts as slower than chosen below this share of the speed. */
const NOTABLE = 0.9;

const REASONS: Readonly<Record<EditorModel['view']['renderer'], string>> = {
  auto: 'because this window has no graphics card for WebGL 2',
  webgl: 'because WebGL 2 is missing in this window or has failed',
  canvas: 'as chosen at "Drawn with"',
};

/** What draws the picture, and why: "Drawn by the processor (Canvas 2D), because …". */
export function rendererHelp({ renderer, view }: Pick<EditorModel, 'renderer' | 'view'>): string {
  return renderer === 'Canvas 2D'
    ? `Drawn by the processor (Canvas 2D), ${REASONS[view.renderer]}. The picture is the same.`
    : `Drawn by the graphics card (${renderer}).`;
}

const HELP = 'A filter, shorter slices or a lower speed helps.';

/**
 * How the picture is drawn and, while playing, how fast: `WebGL 2 · 60 fps`; and why pictures are left out or playing is
 * slower than chosen.
 */
export function badgeText({
  renderer,
  playRate,
  player,
  isSparse,
}: Pick<EditorModel, 'renderer' | 'playRate' | 'player' | 'isSparse'>): {
  readonly text: string;
  /** Empty where there is nothing to explain. */
  readonly help: string;
} {
  if (!playRate) {
    return { text: renderer, help: '' };
  }
  const text = `${renderer} · ${Math.round(playRate.picturesPerSecond)} fps`;
  const isSlow = playRate.speed < NOTABLE * player.speed;
  const parts = [
    text,
    ...(isSparse ? ['pictures left out'] : []),
    ...(isSlow ? [`${speedText(Number(playRate.speed.toPrecision(2)))} of ${speedText(player.speed)}`] : []),
  ];
  const what = isSparse
    ? 'Events arrive more slowly than they should be played: fewer pictures are shown, each with all of its events.'
    : 'Events arrive more slowly than they should be played.';
  return { text: parts.join(' · '), help: isSparse || isSlow ? `${what} ${HELP}` : '' };
}
