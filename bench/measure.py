"""Runs a program and writes what it took. usage: measure.py out.json program [argument ...]

wall_s: from start to end; cpu_s: user and system time of the program and the processes it waited for; memory_mb: the
largest resident memory of the program and its children together, sampled, and at least the program's own exact peak.
"""
import json
import os
import subprocess
import sys
import threading
import time

import psutil

SAMPLE_S = 0.02


def resident(process):
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            total += one.memory_info().rss
        except psutil.Error:
            pass
    return total


def watch(process, peak, stop):
    while not stop.wait(SAMPLE_S):
        try:
            peak[0] = max(peak[0], resident(process))
        except psutil.Error:
            return


out, command = sys.argv[1], sys.argv[2:]
start = time.perf_counter()
child = subprocess.Popen(command)
peak, stop = [0], threading.Event()
watcher = threading.Thread(target=watch, args=(psutil.Process(child.pid), peak, stop))
watcher.start()
_, status, usage = os.wait4(child.pid, 0)
wall = time.perf_counter() - start
stop.set()
watcher.join()
own = usage.ru_maxrss if sys.platform == "darwin" else usage.ru_maxrss * 1024
took = {
    "wall_s": wall,
    "cpu_s": usage.ru_utime + usage.ru_stime,
    "memory_mb": max(peak[0], own) / 1e6,
    "status": os.waitstatus_to_exitcode(status),
}
with open(out, "w") as file:
    json.dump(took, file)
