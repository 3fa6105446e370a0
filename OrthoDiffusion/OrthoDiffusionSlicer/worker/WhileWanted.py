"""For our helper processes: they end when the one who started them does, and leave no file behind."""

import os
import shutil
import threading

WHILE_WANTED = "--while-wanted"  # as the first argument: end when standard input does
writing = threading.Lock()  # held while a file is written


def endWithInput(folder):
    """Watch standard input in a thread; at its end remove the folder and leave, in the middle of work too."""

    def watch():
        while os.read(0, 4096):  # not by sys.stdin: Python aborts when it ends while a thread holds that
            pass
        writing.acquire()  # and never let go: what is written now would be left behind
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
