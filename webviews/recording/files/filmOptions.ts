import type { FilmOptions } from '../../../engine/protocol/recordingProtocol';
import type { ColorScheme } from '../picture/colorSchemes';
import type { ViewState } from '../viewState';

/** How a range is drawn as moving pictures: as the editor shows its accumulation. @param speed of playing. */
export function filmOptions(
  { sliceMicroseconds, fullScale, frames, frameStrength }: ViewState,
  { on, off, background }: ColorScheme,
  speed: number,
): FilmOptions {
  return {
    window: sliceMicroseconds,
    speed,
    colors: { on, off, background },
    frames,
    frameStrength,
    ...(fullScale !== undefined && { saturation: fullScale }),
  };
}
