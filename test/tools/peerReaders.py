"""Reads recordings with other programs' packages, and computes tonic's transforms, for tests that compare.

read READER FILE: prints the events as JSON {"t": [...], "x": [...], "y": [...], "p": [...]}.
tonic: reads {"events": ..., "size": [w, h], "cases": [{"name": ..., parameters}]} from standard input and prints one
result per case: kept events of filters, values and shape of representations.
Exit code 3: the package is not installed.
"""

import json
import sys

import numpy as np


def rows(t, x, y, p):
    return {
        name: [int(value) for value in column] for name, column in (("t", t), ("x", x), ("y", y), ("p", p))
    }


def read_dv_processing(file):
    import dv_processing as dv

    recording = dv.io.MonoCameraRecording(file)
    batches = []
    while recording.isRunning():
        batch = recording.getNextEventBatch()
        if batch is None:
            break
        batches.append(batch.numpy())
    events = np.concatenate(batches)
    return rows(events["timestamp"], events["x"], events["y"], events["polarity"])


def read_aedat(file):
    import aedat

    events = np.concatenate([packet["events"] for packet in aedat.Decoder(file) if "events" in packet])
    return rows(events["t"], events["x"], events["y"], events["on"])


def read_faery(file):
    import faery

    events = faery.events_stream_from_file(file).to_array()
    return rows(events["t"], events["x"], events["y"], events["on"])


def read_expelliarmus(encoding):
    def read(file):
        from expelliarmus import Wizard

        wizard = Wizard(encoding=encoding)
        wizard.set_file(file)
        events = wizard.read()
        return rows(events["t"], events["x"], events["y"], events["p"])

    return read


def read_tonic(file):
    import tonic.io

    dtype = np.dtype([("x", int), ("y", int), ("t", int), ("p", int)])
    events = tonic.io.read_mnist_file(file, dtype=dtype)
    return rows(events["t"], events["x"], events["y"], events["p"])


def read_numpy(file):
    events = np.load(file)
    return rows(events["t"], events["x"], events["y"], events["p"])


def read_h5py(file):
    import h5py

    with h5py.File(file) as data:
        events = data["events"]
        offset = int(data["t_offset"][()])
        t = events["t"][:].astype(np.int64)
        index = data["ms_to_idx"][:].astype(np.int64)
        assert (index == np.searchsorted(t, np.arange(len(index)) * 1000)).all(), "ms_to_idx"
        return rows(t + offset, events["x"][:], events["y"][:], events["p"][:])


READERS = {
    "dv-processing": read_dv_processing,
    "aedat": read_aedat,
    "faery": read_faery,
    "expelliarmus-evt3": read_expelliarmus("evt3"),
    "expelliarmus-dat": read_expelliarmus("dat"),
    "tonic": read_tonic,
    "numpy": read_numpy,
    "h5py": read_h5py,
}

FILTERS = ("Denoise", "RefractoryPeriod", "Decimation", "DropPixel", "CropTime")


def compute_tonic(request):
    from tonic import transforms

    dtype = np.dtype([("x", int), ("y", int), ("t", int), ("p", int)])
    given = request["events"]
    events = np.zeros(len(given["t"]), dtype)
    for name in "txyp":
        events[name] = given[name]
    size = (*request["size"], 2)
    results = []
    for case in request["cases"]:
        parameters = {key: value for key, value in case.items() if key != "name"}
        transform = getattr(transforms, case["name"])
        if case["name"] in FILTERS:
            kept = transform(**parameters)(events.copy())
            results.append(rows(kept["t"], kept["x"], kept["y"], kept["p"]))
            continue
        if case["name"] == "ToBinaRep":
            count = parameters["n_frames"] * parameters["n_bits"]
            frames = transforms.ToFrame(sensor_size=size, n_time_bins=count)(events.copy())
            values = transform(**parameters)(frames)
        else:
            values = transform(sensor_size=size, **parameters)(events.copy())
        values = np.asarray(values, dtype=np.float64)
        results.append({"shape": list(values.shape), "values": values.ravel().tolist()})
    return results


def main():
    if sys.argv[1] == "read":
        return READERS[sys.argv[2]](sys.argv[3])
    return compute_tonic(json.load(sys.stdin))


try:
    print(json.dumps(main()))
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(3)
