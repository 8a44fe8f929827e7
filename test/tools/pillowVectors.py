"""Writes test/unit/images/pillowVectors.json: what Pillow and OpenCV make of small images.

Pillow 13 resizes the rows of tall images first, which rounds differently; the authors' versions never do.

python3 -m venv VENV && VENV/bin/pip install pillow==12.0.0 opencv-python-headless
VENV/bin/python test/tools/pillowVectors.py
"""

import base64
import io
import json
from pathlib import Path

import cv2
import numpy as np
import PIL
from PIL import Image

TARGET = Path(__file__).parents[1] / "unit/images/pillowVectors.json"


def noise(count, seed):
    """Bytes of a linear congruential generator: the tests make the same."""
    values = np.empty(count, dtype=np.uint8)
    state = seed
    for index in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        values[index] = state >> 24
    return values


def fnv(values):
    """FNV-1a, 32 bits."""
    digest = 0x811C9DC5
    for value in np.asarray(values, dtype=np.uint8).ravel().tolist():
        digest = (digest ^ value) * 0x01000193 % 2**32
    return digest


def resized(width, height, channels, size, seed):
    pixels = noise(width * height * channels, seed).reshape(height, width, channels)
    image = Image.fromarray(pixels if channels == 3 else pixels[:, :, 0])
    return np.asarray(image.resize((size, size), Image.BILINEAR)).ravel()


def resize_case(seed, width, height, channels, size, whole):
    values = resized(width, height, channels, size, seed)
    case = dict(width=width, height=height, channels=channels, size=size, seed=seed, fnv=fnv(values))
    return dict(case, values=values.tolist()) if whole else case


def smooth(width, height, channels):
    """Gradients with an edge: colours that chroma subsampling and quantisation change."""
    rows, columns = np.mgrid[0:height, 0:width]
    planes = [rows * 9 % 256, (rows * columns) % 256, np.where(columns > rows, 220, 30), (columns * 5) % 256]
    return np.stack(planes[:channels], axis=2).astype(np.uint8)


def file_case(name, image, **options):
    stream = io.BytesIO()
    image.save(stream, **options)
    decoded = Image.open(io.BytesIO(stream.getvalue()))
    grey = decoded.mode in ("1", "L")
    pixels = np.asarray(decoded.convert("L" if grey else "RGB"))
    return dict(
        name=name,
        bytes=base64.b64encode(stream.getvalue()).decode(),
        width=decoded.width,
        height=decoded.height,
        channels=1 if grey else 3,
        fnv=fnv(pixels),
    )


def files():
    colour = Image.fromarray(smooth(23, 17, 3))
    turned = Image.Exif()
    turned[0x0112] = 6
    return [
        file_case("4:2:0.jpg", colour, format="JPEG", quality=70),
        file_case("4:4:4.jpg", colour, format="JPEG", quality=90, subsampling=0),
        file_case("progressive.jpg", colour, format="JPEG", quality=50, progressive=True),
        file_case("grey.jpg", colour.convert("L"), format="JPEG", quality=80),
        file_case("cmyk.jpg", Image.fromarray(smooth(16, 16, 4), "CMYK"), format="JPEG", quality=95),
        file_case("turned.jpg", colour, format="JPEG", exif=turned),
        file_case("alpha.png", Image.fromarray(smooth(9, 7, 4), "RGBA"), format="PNG"),
        file_case("palette.png", colour.quantize(16), format="PNG"),
        file_case("one-bit.png", Image.fromarray(smooth(21, 21, 3)[:, :, 2] > 128), format="PNG"),
        file_case("lossless.webp", colour, format="WEBP", lossless=True),
        file_case("colour.tiff", colour, format="TIFF"),
    ]


def main():
    small = [(5, 7, 3, 4), (3, 4, 1, 2), (4, 3, 3, 5), (1, 1, 3, 2), (17, 2, 1, 5), (2, 31, 3, 1), (4, 4, 3, 4)]
    large = [
        (300, 200, 3, 48), (200, 301, 1, 48), (105, 105, 1, 28), (32, 32, 3, 48), (32, 32, 3, 34), (640, 33, 3, 48),
        (47, 500, 3, 64), (1, 900, 3, 48), (333, 1, 1, 28), (48, 91, 3, 48), (1024, 768, 3, 48), (10, 20, 3, 256),
    ]
    colours = noise(300, 55).reshape(1, 100, 3)
    vectors = dict(
        versions=dict(pillow=PIL.__version__, opencv=cv2.__version__),
        resize=[resize_case(seed, *case, whole=True) for seed, case in enumerate(small, 1)]
        + [resize_case(seed, *case, whole=False) for seed, case in enumerate(large, 100)],
        grey=dict(seed=55, values=np.asarray(Image.fromarray(colours).convert("L")).ravel().tolist()),
        value=dict(seed=55, values=cv2.cvtColor(colours, cv2.COLOR_RGB2HSV)[:, :, 2].ravel().tolist()),
        files=files(),
    )
    rows = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in vectors.items()]
    TARGET.write_text("{\n  " + ",\n  ".join(rows) + "\n}\n")


main()
