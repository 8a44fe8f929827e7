"""Reads a recording with expelliarmus (C): python expelliarmus_read.py ENCODING FILE; prints one JSON line."""
import json
import sys
import time

from expelliarmus import Wizard

encoding, file = sys.argv[1:]


def measured(read):
    wall, cpu = time.perf_counter(), time.process_time()
    events = read()
    return {"events": events, "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def chunks():
    wizard = Wizard(encoding=encoding, chunk_size=65536)
    wizard.set_file(file)
    return sum(len(chunk) for chunk in wizard.read_chunk())


print(json.dumps({"whole": measured(lambda: len(Wizard(encoding=encoding).read(file))), "chunks": measured(chunks)}))
