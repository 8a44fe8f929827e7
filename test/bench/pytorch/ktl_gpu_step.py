"""One full-size KTL training iteration of Transfer_VGG_SNN in plain PyTorch: the comparison row of the GPU benchmark.

    python3 ktl_gpu_step.py [--batch 120] [--precision fp32|bf16] [--style layer|step|best] [--device cuda|cpu]
                            [--iterations 10] [--warmup 3] [--cudnn-benchmark]
                            [--channels 64,128,...] [--size 48] [--steps 10] [--classes 101]

fp32 keeps PyTorch's defaults (cuDNN convolutions use TF32, matrix products do not); bf16 is autocast with
channels-last tensors. `--style best` measures both styles and reports the faster one. Timed with CUDA events:
replacement of static rows, forward pass of both branches, loss, backward pass and optimizer step of one iteration on
data that are on the device already. Last line of output: JSON. Network: METHODS 2.1; the rest is shared with ktl_step.
"""

import argparse
import contextlib
import gc
import json
import statistics
import subprocess
import sys
import time

from ktl_step import KTL_LOSS, adam_w, build, random_batch, replace_rows, torch, train_step

VGG_CHANNELS = [64, 128, 256, 256, 512, 512, 512, 512]
VGG_SIZE, VGG_TIME_STEPS, VGG_CLASSES = 48, 10, 101
STYLES = ["layer", "step"]
LEARNING_RATE = 2e-3
GIB = 2**30


class CpuClock:
    """Wall-clock times of iterations, in ms."""

    def __init__(self):
        self.times = []

    @contextlib.contextmanager
    def iteration(self):
        started = time.perf_counter()
        yield
        self.times.append(1e3 * (time.perf_counter() - started))

    def milliseconds(self):
        return self.times


class CudaClock:
    """Times of iterations on the device, in ms: nothing waits for the device before the times are asked for."""

    def __init__(self):
        self.marks = []

    @contextlib.contextmanager
    def iteration(self):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        yield
        end.record()
        self.marks.append((start, end))

    def milliseconds(self):
        torch.cuda.synchronize()
        return [start.elapsed_time(end) for start, end in self.marks]


def precision_context(arguments):
    """The context of the forward pass and the loss."""
    if arguments.precision == "fp32":
        return contextlib.nullcontext()
    return torch.autocast(arguments.device, dtype=torch.bfloat16)


def peak_memory(device):
    """Largest memory of tensors, and of the allocator, since the last reset, in GiB; nothing on the CPU."""
    if device == "cpu":
        return {"peakGiB": None, "reservedGiB": None}
    allocated, reserved = torch.cuda.max_memory_allocated(), torch.cuda.max_memory_reserved()
    return {"peakGiB": allocated / GIB, "reservedGiB": reserved / GIB}


def release_memory(device):
    """Gives the allocator's blocks back and starts a new peak, so that one style's memory is not counted to the next."""
    gc.collect()
    if device == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def measure_style(arguments, style, batch):
    """Median time of an iteration, its spread, the peak memory and the last loss of one style."""
    torch.manual_seed(0)
    memory = "channels-last" if arguments.precision == "bf16" else "contiguous"
    options = argparse.Namespace(style=style, memory=memory)
    network, run = build(arguments.channels, arguments.size, arguments.classes, arguments.steps, options)
    network.to(arguments.device)
    optimizer, precision = adam_w(network, LEARNING_RATE), precision_context(arguments)
    clock = CudaClock() if arguments.device == "cuda" else CpuClock()
    static, event, labels = batch
    for _ in range(arguments.warmup + arguments.iterations):
        with clock.iteration():
            replaced = (replace_rows(static, event), event, labels)
            loss = train_step(network, run, optimizer, replaced, KTL_LOSS, precision)["total"].detach()
    times = clock.milliseconds()[arguments.warmup :]
    ms = statistics.median(times)
    spread = {"fastestMs": min(times), "slowestMs": max(times)}
    speed = {"ms": ms, "pairsPerSecond": 1e3 * arguments.batch / ms, **spread}
    return {"style": style, **speed, **peak_memory(arguments.device), "loss": loss.item()}


def measure(arguments):
    """Results of every style asked for, the fastest first."""
    torch.manual_seed(0)
    batch = random_batch(arguments.batch, arguments.size, arguments.steps, arguments.classes)
    batch = [tensor.to(arguments.device) for tensor in batch]
    results, failure = [], None
    for style in STYLES if arguments.style == "best" else [arguments.style]:
        release_memory(arguments.device)
        try:
            results.append(measure_style(arguments, style, batch))
        except torch.cuda.OutOfMemoryError as error:
            failure = str(error).split("\n", maxsplit=1)[0]
    if not results:
        sys.exit(f"out of memory with {arguments.batch} pairs in {arguments.precision}: {failure}")
    return sorted(results, key=lambda result: result["ms"])


def driver_version():
    """Version of the NVIDIA driver as nvidia-smi names it; None where it does not answer."""
    command = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        output = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    return output.strip().split("\n")[0]


def environment(device):
    """Versions and device of a measurement."""
    if device == "cpu":
        return {"torch": torch.__version__, "device": "cpu", "driver": None}
    versions = {"torch": torch.__version__, "cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version()}
    return {**versions, "device": torch.cuda.get_device_name(), "driver": driver_version()}


def parse_arguments():
    parser = argparse.ArgumentParser(description="Times one KTL training iteration of Transfer_VGG_SNN in plain PyTorch.")
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--style", choices=[*STYLES, "best"], default="best")
    parser.add_argument("--batch", type=int, default=120, help="pairs per iteration")
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--warmup", type=int, default=3)
    parser.add_argument("--cudnn-benchmark", action="store_true", help="let cuDNN try its algorithms during the warm-up")
    parser.add_argument("--channels", type=lambda text: [int(n) for n in text.split(",")], default=VGG_CHANNELS)
    parser.add_argument("--size", type=int, default=VGG_SIZE, help="height and width of the input")
    parser.add_argument("--steps", type=int, default=VGG_TIME_STEPS, help="time steps")
    parser.add_argument("--classes", type=int, default=VGG_CLASSES)
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    if arguments.device == "cuda" and not torch.cuda.is_available():
        sys.exit(f"no CUDA device: PyTorch {torch.__version__} finds none (--device cpu runs without one)")
    torch.backends.cudnn.benchmark = arguments.cudnn_benchmark
    best, *others = measure(arguments)
    settings = {"precision": arguments.precision, "batch": arguments.batch, "iterations": arguments.iterations}
    settings["cudnnBenchmark"] = arguments.cudnn_benchmark
    print(json.dumps({**best, **settings, **environment(arguments.device), "otherStyles": others}))


if __name__ == "__main__":
    main()
