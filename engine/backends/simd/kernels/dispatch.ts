import { adamW } from './adamW';
import {
  batchNormGradientApply,
  batchNormGradientSums,
  batchNormNormalise,
  batchNormSums,
  channelAffine,
} from './batchNorm';
import { convolution } from './convolution';
import { convolutionFilterGradient, reducePartials } from './convolutionFilterGradient';
import { convolutionInputGradient } from './convolutionInputGradient';
import { binary, sumColumns, sumRows } from './elementwise';
import { exchangeFilter, flipFilter, padFilter } from './filters';
import { KernelId } from './kernelIds';
import { lif, lifGradient } from './lif';
import { matrixProduct } from './matrixProduct';
import { normalisedLif, normalisedLifGradient } from './normalisedLif';
import { averagePool, averagePoolGradient } from './pooling';
import { winogradInputGradient } from './winogradInputGradient';
import { winogradFilter } from './winogradTransforms';

/** Runs one chunk of a job; `scratch` belongs to the calling thread. */
export function runKernel(kernel: i32, args: usize, chunk: i32, scratch: usize): void {
  switch (kernel) {
    case KernelId.PadFilter:
      padFilter(args);
      break;
    case KernelId.FlipFilter:
      flipFilter(args);
      break;
    case KernelId.Convolution:
      convolution(args, chunk, scratch);
      break;
    case KernelId.ConvolutionInputGradient:
      convolutionInputGradient(args, chunk, scratch);
      break;
    case KernelId.ConvolutionFilterGradient:
      convolutionFilterGradient(args, chunk, scratch);
      break;
    case KernelId.ReducePartials:
      reducePartials(args, chunk);
      break;
    case KernelId.BatchNormSums:
      batchNormSums(args, chunk);
      break;
    case KernelId.BatchNormNormalise:
      batchNormNormalise(args, chunk);
      break;
    case KernelId.BatchNormGradientSums:
      batchNormGradientSums(args, chunk);
      break;
    case KernelId.BatchNormGradientApply:
      batchNormGradientApply(args, chunk);
      break;
    case KernelId.ChannelAffine:
      channelAffine(args, chunk);
      break;
    case KernelId.Lif:
      lif(args, chunk, scratch);
      break;
    case KernelId.LifGradient:
      lifGradient(args, chunk, scratch);
      break;
    case KernelId.AdamW:
      adamW(args, chunk);
      break;
    case KernelId.AveragePool:
      averagePool(args, chunk);
      break;
    case KernelId.AveragePoolGradient:
      averagePoolGradient(args, chunk);
      break;
    case KernelId.MatrixProduct:
      matrixProduct(args, chunk, scratch);
      break;
    case KernelId.WinogradFilter: winogradFilter(args, chunk); break;
    case KernelId.WinogradInputGradient: winogradInputGradient(args, chunk, scratch); break;
    case KernelId.Binary: binary(args, chunk); break;
    case KernelId.SumRows: sumRows(args, chunk); break;
    case KernelId.SumColumns: sumColumns(args, chunk); break;
    case KernelId.ExchangeFilter: exchangeFilter(args, chunk); break;
    case KernelId.NormalisedLif: normalisedLif(args, chunk, scratch); break;
    case KernelId.NormalisedLifGradient: normalisedLifGradient(args, chunk, scratch); break;
    default:
      unreachable();
  }
}
