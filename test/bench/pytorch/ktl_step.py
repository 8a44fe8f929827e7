"""One KTL training iteration on the NMNIST-1K network in plain PyTorch: the comparison row of the CPU benchmark.

    python3 ktl_step.py [--threads 2] [--batch 50] [--iterations 10] [--warmup 3] [--style layer|step]
                        [--method ktl|events-only] [--memory contiguous|channels-last] [--json]
    python3 ktl_step.py --check CASE_DIR [--style layer|step] ...

Needs torch 1.13 or newer (Debian: python3-torch with libopenblas0-pthread; with the reference BLAS the alignment loss
alone costs a quarter of the iteration) and no other package. The timed part is the replacement of static rows,
forward pass, loss, backward pass and optimizer step of one iteration; the data stay in memory. Last line of output: JSON.
Tensor shapes: T time steps, B pairs, C classes, S height and width. Equations: METHODS sections 1, 2.5, 4 and 7.1.
"""

import argparse
import contextlib
import ctypes
import json
import os
import statistics
import struct
import sys
import time

# OpenBLAS has threads of its own, which fight with PyTorch's for the cores; the matrix products here are small.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import torch  # noqa: E402 (after the variable above)
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

TAU, THRESHOLD, ALPHA = 2.0, 0.5, 2.0
NMNIST_1K_CHANNELS = [8, 16, 32, 32, 64, 64]
TIME_STEPS, SIZE, CLASSES = 6, 34, 10
KTL_LOSS = {"tet": True, "tetLambda": 1e-3, "tetTarget": 0.5, "regularization": True, "alignment": True, "kappa": 0.5}
# Mean replacement probability over a sliding training with exponent 3 (METHODS 4.5).
REPLACED_SHARE = 0.25
# Measured on 100 N-MNIST training recordings cut into 6 windows: 11.7 % of the cells are active, and an active cell
# holds 1, 2, ... 6 events with these weights (mean 2.5).
ACTIVE_SHARE, EVENT_COUNT_WEIGHTS = 0.117, [0.369, 0.195, 0.167, 0.145, 0.092, 0.032]
# About a fifth of the pixels of an MNIST image is ink; mean and deviation as in NMNIST-1K.
INK_SHARE, MNIST_MEAN, MNIST_DEVIATION = 0.19, 0.1307, 0.3081


# glibc: mallopt parameters.
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3


def keep_freed_memory():
    """Lets malloc reuse large freed blocks, as PyTorch's tuning guide does with jemalloc; without it every activation
    is mapped and faulted in anew."""
    if sys.platform == "linux" and hasattr(ctypes.CDLL(None), "mallopt"):
        ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, 2**30)
        ctypes.CDLL(None).mallopt(TRIM_THRESHOLD, 2**31 - 1)


def surrogate_gradient(distance):
    """QGateGrad: max(0, alpha - alpha^2 |u - threshold|) (METHODS 1.2)."""
    return torch.rsub(distance.abs(), ALPHA, alpha=ALPHA * ALPHA).relu_()


def fires(distance):
    """1 where the distance to the threshold is above 0, else 0, as floats (one pass: no tensor of booleans)."""
    return torch.gt(distance, 0.0, out=torch.empty_like(distance))


def reset(charged, spike):
    """Hard reset to 0: u (1 - s)."""
    return torch.addcmul(charged, charged, spike, value=-1.0)


class QGateGrad(torch.autograd.Function):
    """Step function of the distance to the threshold with the triangular surrogate gradient."""

    @staticmethod
    def forward(ctx, distance):
        ctx.save_for_backward(distance)
        return fires(distance)

    @staticmethod
    def backward(ctx, grad_spike):
        return grad_spike * surrogate_gradient(ctx.saved_tensors[0])


def lif_step(current, membrane):
    """Charge, fire, hard reset with a detached spike (METHODS 1.1). Returns (spike, membrane after the reset)."""
    charged = current / TAU if membrane is None else torch.lerp(membrane, current, 1.0 / TAU)
    spike = QGateGrad.apply(charged - THRESHOLD)
    return spike, reset(charged, spike.detach())


def lif_sequence(currents):
    """T currents -> (T spikes, T membranes after the reset)."""
    spikes, membranes, membrane = [], [], None
    for current in currents:
        spike, membrane = lif_step(current, membrane)
        spikes.append(spike)
        membranes.append(membrane)
    return spikes, membranes


class ConvBlock(nn.Module):
    """Convolution 3x3 without bias, BatchNorm, LIF."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(outputs)


class TransferNetwork(nn.Module):
    """Blocks in pairs, each pair followed by AvgPool 2x2, and one linear head per branch.

    `channels` lists the outputs of the blocks. Parameter names are those of the golden cases.
    """

    def __init__(self, channels, size, classes, steps):
        super().__init__()
        layers, inputs = [], 2
        for index, outputs in enumerate(channels):
            layers.append(ConvBlock(inputs, outputs))
            if index % 2 == 1:
                layers.append(nn.AvgPool2d(2))
            inputs = outputs
        self.feature = nn.ModuleList(layers)
        side = size // 2 ** (len(channels) // 2)
        self.rgb_fc = nn.Sequential(nn.Flatten(), nn.Linear(inputs * side * side, classes))
        self.dvs_fc = nn.Sequential(nn.Flatten(), nn.Linear(inputs * side * side, classes))
        self.coefficient = nn.ParameterList([nn.Parameter(torch.ones(1)) for _ in range(steps)])
        self.firing_rates = None

    def record(self, spikes):
        """Keeps the mean firing rate of a layer while `firing_rates` is a list (never in a timed iteration)."""
        if self.firing_rates is not None:
            self.firing_rates.append(torch.stack([spike.mean() for spike in spikes]).mean().item())

    def run_by_layer(self, branches):
        """Every layer over all branches and steps at once. branches: list of (T,B,2,S,S).

        Returns one (features (T,B,D), pooled spikes (T,B,...)) per branch. BatchNorm normalises every (branch, step)
        slice alone and in the order of METHODS 2.5.
        """
        steps = branches[0].shape[0]
        x = torch.cat([branch.flatten(0, 1) for branch in branches])
        x = x.contiguous(memory_format=self.memory_format)
        for layer in self.feature:
            if not isinstance(layer, ConvBlock):
                x = layer(x)
                continue
            currents = [layer.bn(z) for z in layer.conv(x).chunk(len(branches) * steps)]
            results = [lif_sequence(currents[first : first + steps]) for first in range(0, len(currents), steps)]
            x = torch.cat([spike for spikes, _ in results for spike in spikes])
            self.record([x])
        features = [torch.stack([m.flatten(1) for m in membranes]) for _, membranes in results]
        return list(zip(features, [p.unflatten(0, (steps, -1)) for p in x.chunk(len(branches))]))

    def run_by_step(self, branches):
        """Every step through the whole network, static branch first (METHODS 1.3). Otherwise as `run_by_layer`."""
        return [self.run_branch_by_step(branch) for branch in branches]

    def run_branch_by_step(self, branch):
        membranes, features, pooled = [None] * len(self.feature), [], []
        for frame in branch:
            x = frame.contiguous(memory_format=self.memory_format)
            for index, layer in enumerate(self.feature):
                if not isinstance(layer, ConvBlock):
                    x = layer(x)
                    continue
                x, membranes[index] = lif_step(layer.bn(layer.conv(x)), membranes[index])
                last = membranes[index]
            features.append(last.flatten(1))
            pooled.append(x)
        return torch.stack(features), torch.stack(pooled)


def linear_cka(a, b):
    """Linear CKA per step (METHODS 4.2). a, b: (T,B,D). Returns (T)."""

    def centred_gram(x):
        gram = torch.bmm(x, x.transpose(1, 2))
        return gram - gram.mean(1, keepdim=True) - gram.mean(2, keepdim=True) + gram.mean((1, 2), keepdim=True)

    k, l = centred_gram(a), centred_gram(b)
    return (k * l).sum((1, 2)) / (k.flatten(1).norm(dim=1) * l.flatten(1).norm(dim=1) + 1e-7)


def classification_loss(logits, labels, loss, weights=1.0):
    """TET loss or cross-entropy of the mean logits (METHODS 4.3). logits: (T,B,C)."""
    if not loss["tet"]:
        return F.cross_entropy(logits.mean(0), labels)
    entropy = torch.stack([F.cross_entropy(step, labels) for step in logits])
    distance = (logits - loss["tetTarget"]).square().mean((1, 2))
    return (weights * ((1 - loss["tetLambda"]) * entropy + loss["tetLambda"] * distance)).mean()


def head_logits(head, pooled):
    """Real logits of one head. pooled: (T,B,...). Returns (T,B,C)."""
    return head(pooled.flatten(0, 1)).unflatten(0, pooled.shape[:2])


def iteration_losses(network, run, static, event, labels, loss):
    """Total loss and its parts (METHODS 4.2 to 4.4). static is None for events only; static, event: (B,T,2,S,S)."""
    steps_first = [x.transpose(0, 1) for x in (static, event) if x is not None]
    outputs = run(steps_first)
    event_logits = head_logits(network.dvs_fc, outputs[-1][1])
    if static is None:
        total = classification_loss(event_logits, labels, loss)
        return {"total": total, "event": total}
    static_loss = classification_loss(head_logits(network.rgb_fc, outputs[0][1]), labels, loss)
    ratio = torch.sigmoid(torch.cat(list(network.coefficient))) if loss["regularization"] else None
    event_loss = classification_loss(event_logits, labels, loss, 1.0 if ratio is None else 1.0 - ratio)
    parts = {"static": static_loss, "event": event_loss, "total": static_loss + event_loss}
    if loss["alignment"]:
        distance = 1.0 - linear_cka(outputs[0][0], outputs[1][0]).abs()
        parts["alignment"] = (distance if ratio is None else ratio * distance).mean()
        parts["total"] = parts["total"] + loss["kappa"] * parts["alignment"]
    return parts


def adam_w(network, rate):
    """AdamW with decay on tensors with two or more dimensions (METHODS 7.1)."""
    parameters = list(network.parameters())
    decayed = {"params": [p for p in parameters if p.ndim >= 2], "weight_decay": 0.01}
    plain = {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0}
    return torch.optim.AdamW([decayed, plain], lr=rate, betas=(0.9, 0.999), eps=1e-8)


def train_step(network, run, optimizer, batch, loss, precision=contextlib.nullcontext()):
    """Forward and loss (within the context `precision`), backward, update. batch: (static or None, event, labels).
    Returns the losses."""
    optimizer.zero_grad(set_to_none=True)
    with precision:
        parts = iteration_losses(network, run, *batch, loss)
    parts["total"].backward()
    optimizer.step()
    return parts


def blobs(shape, share):
    """Smooth random blobs around the centre that cover `share` of a field (..., S, S); 0 outside, above 0 inside."""
    side = shape[-1]
    noise = F.avg_pool2d(torch.randn(shape).flatten(0, -3).unsqueeze(1), 5, 1, 2).reshape(shape)
    offset = (torch.arange(side) - (side - 1) / 2) / side
    field = noise * 5 - 8 * (offset.square()[:, None] + offset.square()[None, :])
    level = field.flatten().sort().values[int((1 - share) * field.numel()) - 1]
    return (field - level).clamp_min(0.0)


def random_batch(batch, size=SIZE, steps=TIME_STEPS, classes=CLASSES):
    """A static batch (the image copied to 2 channels and T steps), an event batch of counts, and labels."""
    ink = blobs((batch, 1, 1, size, size), INK_SHARE).clamp_max(1.0)
    static = ((ink - MNIST_MEAN) / MNIST_DEVIATION).expand(batch, steps, 2, size, size).contiguous()
    active = (blobs((batch, steps, 2, size, size), ACTIVE_SHARE) > 0).float()
    counts = torch.multinomial(torch.tensor(EVENT_COUNT_WEIGHTS), active.numel(), replacement=True) + 1
    return static, active * counts.reshape(active.shape), torch.randint(0, classes, (batch,))


def replace_rows(static, event):
    """Sliding training: rows of the static batch become their event rows (METHODS 4.5)."""
    chosen = torch.rand(len(static), device=static.device) <= REPLACED_SHARE
    return torch.where(chosen[:, None, None, None, None], event, static)


def build(channels, size, classes, steps, arguments):
    """The network in the chosen memory format and its run function for the chosen style."""
    network = TransferNetwork(channels, size, classes, steps)
    channels_last = arguments.memory == "channels-last"
    network.memory_format = torch.channels_last if channels_last else torch.contiguous_format
    network.to(memory_format=network.memory_format)
    return network, network.run_by_layer if arguments.style == "layer" else network.run_by_step


def measure(arguments):
    """Median pairs per second over the iterations, and the mean firing rate of each LIF layer."""
    torch.manual_seed(0)
    network, run = build(NMNIST_1K_CHANNELS, SIZE, CLASSES, TIME_STEPS, arguments)
    optimizer = adam_w(network, 2e-3)
    batches = stored_batches(arguments.data) if arguments.data else [random_batch(arguments.batch) for _ in range(4)]
    seconds = []
    for index in range(arguments.warmup + arguments.iterations):
        static, event, labels = batches[index % len(batches)]
        started = time.perf_counter()
        replaced = None
        if arguments.method == "ktl":
            replaced = static if arguments.data else replace_rows(static, event)
        train_step(network, run, optimizer, (replaced, event, labels), KTL_LOSS)
        seconds.append(time.perf_counter() - started)
    network.firing_rates = []
    with torch.no_grad():
        network.run_by_layer([x.transpose(0, 1) for x in batches[0][1 if arguments.method == "events-only" else 0 : 2]])
    median = statistics.median(seconds[arguments.warmup :])
    return median, network.firing_rates


def read_safetensors(path):
    """Tensors by name from a safetensors file with F32 and I64 entries."""
    with open(path, "rb") as file:
        content = bytearray(file.read())
    (header_length,) = struct.unpack_from("<Q", content)
    start, types = 8 + header_length, {"F32": torch.float32, "I64": torch.int64}
    header = json.loads(content[8:start])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        first, end = (start + offset for offset in entry["data_offsets"])
        tensors[name] = torch.frombuffer(content[first:end], dtype=types[entry["dtype"]]).reshape(entry["shape"])
    return tensors


def stored_batches(path):
    """Batches of a safetensors file: <index>/static (rows replaced already), <index>/event, <index>/labels."""
    tensors = read_safetensors(path)
    indices = sorted({name.split("/")[0] for name in tensors})
    return [(tensors[f"{i}/static"], tensors[f"{i}/event"], tensors[f"{i}/labels"].long()) for i in indices]


def with_prefix(tensors, prefix):
    """The entries under a prefix, named without it and without the constants of the neurons."""
    return {n[len(prefix) :]: t for n, t in tensors.items() if n.startswith(prefix) and ".node." not in n}


def worst_error(actual, expected):
    """Largest difference of any tensor as a share of that tensor's largest magnitude."""
    return max(((actual[n] - e).abs().max() / e.abs().max().clamp_min(1e-12)).item() for n, e in expected.items())


def check(arguments):
    """Replays a golden VGG case; returns the worst relative errors of losses, gradients and state after the last step."""
    with open(os.path.join(arguments.check, "case.json"), encoding="utf-8") as file:
        case = json.load(file)
    tensors = read_safetensors(os.path.join(arguments.check, "tensors.safetensors"))
    network, run = build(case["channels"], case["inputSize"], case["classes"], case["timeSteps"], arguments)
    network.load_state_dict(with_prefix(tensors, "state/"), strict=False)
    optimizer = adam_w(network, case["optimizer"]["lr"])
    batch = (tensors["input/static"], tensors["input/event"], tensors["input/labels"])
    errors = {"loss": 0.0}
    for index, expected in enumerate(case["losses"]):
        parts = train_step(network, run, optimizer, batch, case["loss"])
        compared = [name for name in expected if name in parts]
        errors["loss"] = max([errors["loss"]] + [abs(parts[n].item() / expected[n] - 1.0) for n in compared])
        if index == 0:
            gradients = {name: p.grad for name, p in network.named_parameters() if p.grad is not None}
            errors["gradient"] = worst_error(gradients, with_prefix(tensors, "expect/grad/"))
    errors["state"] = worst_error(network.state_dict(), with_prefix(tensors, "expect/state_after_2_steps/"))
    return case["name"], errors


def parse_arguments():
    parser = argparse.ArgumentParser(description="Times one KTL training iteration of NMNIST-1K in plain PyTorch.")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=50, help="pairs per iteration")
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--warmup", type=int, default=3)
    parser.add_argument("--style", choices=["layer", "step"], default="layer")
    parser.add_argument("--method", choices=["ktl", "events-only"], default="ktl")
    parser.add_argument("--memory", choices=["contiguous", "channels-last"], help="default: the faster one of the style")
    parser.add_argument("--data", metavar="FILE", help="time these batches instead of synthetic ones")
    parser.add_argument("--json", action="store_true", help="print nothing but the JSON line")
    parser.add_argument("--check", metavar="CASE_DIR", help="compare with a golden case instead of timing")
    arguments = parser.parse_args()
    if arguments.memory is None:
        # Measured: BatchNorm's backward pass makes channels-last slow over all steps, its convolutions win step by step.
        arguments.memory = "contiguous" if arguments.style == "layer" else "channels-last"
    return arguments


def main():
    arguments = parse_arguments()
    keep_freed_memory()
    torch.set_num_threads(arguments.threads)
    if arguments.check:
        name, errors = check(arguments)
        passed = errors["loss"] <= 1e-5 and errors["gradient"] <= 1e-3 and errors["state"] <= 1e-3
        print(json.dumps({"case": name, "style": arguments.style, "passed": passed, "relativeErrors": errors}))
        sys.exit(0 if passed else 1)
    median, rates = measure(arguments)
    if not arguments.json:
        for layer, rate in enumerate(rates):
            print(f"mean firing rate of LIF layer {layer}: {rate:.4f}")
    settings = {k: v for k, v in vars(arguments).items() if k not in ("json", "check")}
    result = {"pairsPerSecond": arguments.batch / median, "secondsPerIteration": median, "torch": torch.__version__}
    print(json.dumps({**result, **settings, "firingRates": rates}))


if __name__ == "__main__":
    main()
