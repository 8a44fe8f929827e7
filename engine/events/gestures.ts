/** Names of the classes of DVS128 Gesture, from its gesture_mapping.csv; class 1 is the first. */
export const GESTURES = [
  'hand clapping',
  'right hand wave',
  'left hand wave',
  'right arm clockwise',
  'right arm counter clockwise',
  'left arm clockwise',
  'left arm counter clockwise',
  'arm roll',
  'air drums',
  'air guitar',
  'other gestures',
] as const;
