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

/** How the picture is drawn and, while playing, how fast: `WebGL 2 · 60 fps`, or slower than chosen and why. */
export function badgeText({
  renderer,
  playRate,
  player,
}: Pick<EditorModel, 'renderer' | 'playRate' | 'player'>): {
  readonly text: string;
  /** Empty where there is nothing to explain. */
  readonly help: string;
} {
  if (!playRate) {
    return { text: renderer, help: '' };
  }
  const text = `${renderer} · ${Math.round(playRate.picturesPerSecond)} fps`;
  if (playRate.speed >= NOTABLE * player.speed) {
    return { text, help: '' };
  }
  return {
    text: `${text} · ${speedText(Number(playRate.speed.toPrecision(2)))} of ${speedText(player.speed)}`,
    help: 'Events arrive more slowly than they should be played; a filter or a lower speed helps.',
  };
}
