"""Writes a PyTorch checkpoint of the NMNIST-1K network with its event logits, for torchCheckpoint.test.ts.

python3 writeCheckpoint.py FOLDER: checkpoint.pth.tar (as timm saves it), half.pth, input.bin, logits.bin.
"""

import argparse
import os
import sys

import numpy
import torch
from torch import nn

CHANNELS = [2, 3, 4, 4, 5, 5]
STEPS, BATCH, SIZE, CLASSES = 3, 4, 16, 10


class Node(nn.Module):
    """LIF with tau 2, threshold 0.5 and a hard reset."""

    def __init__(self):
        super().__init__()
        self.threshold = nn.Parameter(torch.tensor(0.5), requires_grad=False)
        self.mem = 0.0

    def forward(self, x):
        self.mem = self.mem + (x - self.mem) / 2
        spike = (self.mem > self.threshold).float()
        self.mem = self.mem * (1 - spike)
        return spike


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(outputs)
        self.node = Node()

    def forward(self, x):
        return self.node(self.bn(self.conv(x)))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        layers, inputs = [], 2
        for index, outputs in enumerate(CHANNELS):
            layers.append(Block(inputs, outputs))
            if index % 2:
                layers.append(nn.AvgPool2d(2))
            inputs = outputs
        self.coefficient = nn.ParameterList([nn.Parameter(torch.tensor([1.0])) for _ in range(STEPS)])
        self.feature = nn.Sequential(*layers)
        features = inputs * (SIZE // 8) ** 2
        self.rgb_fc = nn.Sequential(nn.Flatten(), nn.Linear(features, CLASSES))
        self.dvs_fc = nn.Sequential(nn.Flatten(), nn.Linear(features, CLASSES))

    def forward(self, frames):
        return torch.stack([self.dvs_fc(self.feature(frame)) for frame in frames])


def main(folder):
    torch.manual_seed(3)
    network = Network()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.2, 0.6)
            nn.init.uniform_(module.weight, 1.0, 2.0)
            nn.init.uniform_(module.bias, 0.2, 0.6)
    network.eval()
    frames = torch.randint(0, 4, (STEPS, BATCH, 2, SIZE, SIZE)).float()
    with torch.no_grad():
        logits = network(frames)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.001)
    saved = {
        "epoch": 7,
        "arch": "Transfer_VGG_SNN",
        "state_dict": network.state_dict(),
        "optimizer": optimizer.state_dict(),
        "version": 2,
        "args": argparse.Namespace(lr=0.005, model="Transfer_VGG_SNN", device="cuda:0", betas=None),
        "metric": numpy.float64(92.64),
    }
    torch.save(saved, os.path.join(folder, "checkpoint.pth.tar"))
    view = torch.arange(24).reshape(4, 6).t()
    torch.save(
        {"module.transposed": view.half(), "module.whole": view, "module.flag": torch.tensor([True])},
        os.path.join(folder, "half.pth"),
    )
    torch.save(network.state_dict(), os.path.join(folder, "legacy.pth"), _use_new_zipfile_serialization=False)
    frames.permute(0, 1, 3, 4, 2).contiguous().numpy().tofile(os.path.join(folder, "input.bin"))
    logits.numpy().tofile(os.path.join(folder, "logits.bin"))


main(sys.argv[1])
