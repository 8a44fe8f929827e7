"""Reads a recording with expelliarmus (C): python expelliarmus_read.py ENCODING FILE; prints one JSON line."""
import json
import sys
import time

from expelliarmus import Wizard

encoding, file = sys.argv[1:]
begin = time.perf_counter()
events = Wizard(encoding=encoding).read(file)
whole = time.perf_counter() - begin

begin = time.perf_counter()
wizard = Wizard(encoding=encoding, chunk_size=65536)
wizard.set_file(file)
count = sum(len(chunk) for chunk in wizard.read_chunk())
chunks = time.perf_counter() - begin
print(json.dumps({"events": len(events), "seconds": whole, "chunkEvents": count, "chunkSeconds": chunks}))
