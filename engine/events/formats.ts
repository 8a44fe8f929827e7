/** Ids of all formats of event recordings; stable, they stand in settings, indexes and `--to`. */
export const FORMAT_TITLES = {
  atis: 'ATIS 40-bit (N-MNIST, N-Caltech101, .bs2)',
  aedat1: 'AEDAT 1.0',
  aedat2: 'AEDAT 2.0',
  aedat3: 'AEDAT 3.1',
  aedat4: 'AEDAT 4.0',
  evt2: 'Prophesee RAW EVT2',
  evt21: 'Prophesee RAW EVT2.1',
  evt3: 'Prophesee RAW EVT3',
  dat: 'Prophesee DAT',
  es: 'Event Stream',
  hdf5: 'HDF5',
  npy: 'NumPy array',
  npz: 'NumPy archive',
  text: 'text',
  mat: 'MATLAB 5',
  rosbag: 'ROS 1 bag',
  db3: 'ROS 2 bag (SQLite)',
  mcap: 'ROS 2 bag (MCAP)',
} as const;

export type FormatId = keyof typeof FORMAT_TITLES;
