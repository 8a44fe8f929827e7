import { aedat3Codec } from './aedat/aedat3Codec';
import { aedat1Codec, aedat2Codec } from './aedat/jaerCodec';
import { aedat4Codec } from './aedat4/codec';
import { atisCodec } from './atis/atisCodec';
import { esCodec } from './eventStream/esCodec';
import { hdf5Codec } from './hdf5/codec';
import { matlabCodec } from './matlab/codec';
import { npyCodec } from './numpy/npyCodec';
import { npzCodec } from './numpy/npzCodec';
import { datCodec } from './prophesee/datCodec';
import { evt2Codec, evt3Codec, evt21Codec } from './prophesee/rawCodecs';
import type { RecordingCodec } from './recording';
import { db3Codec, mcapCodec, rosbagCodec } from './ros/codecs';
import { textCodec } from './text/codec';

/** All codecs, those with a magic number first. A codec is added here and nowhere else. */
export const RECORDING_CODECS: readonly RecordingCodec[] = [
  aedat4Codec,
  aedat3Codec,
  aedat2Codec,
  evt2Codec,
  evt21Codec,
  evt3Codec,
  datCodec,
  esCodec,
  hdf5Codec,
  rosbagCodec,
  db3Codec,
  mcapCodec,
  matlabCodec,
  npyCodec,
  npzCodec,
  // Without a magic number: likely at best.
  textCodec,
  aedat1Codec,
  atisCodec,
];
